//! The operations of `custom-properties`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;
use serde_json::Value;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, sent, taken};
use crate::typed::generated::models::CustomProperty;

calls! {
    /// Create a custom property from a formula or a behavior.
    ///
    /// * `name`: Its name.
    /// * `resource_type`: What has it: `events`, `people`, `group_profiles`.
    create_custom_property CreateCustomPropertyCall = "custom-properties.create" -> CustomProperty, answer {
        first name: text = "name";
        first resource_type: text = "resource_type";
        /// Formula.
        option display_formula: text = "display_formula";
        /// Inputs of the formula, as a JSON object by letter.
        option composed_properties: json = "composed_properties";
        /// Behavior it counts, as a JSON object.
        option behavior: json = "behavior";
        /// What it is about.
        option description: text = "description";
    }

    /// Delete a custom property. It destroys.
    ///
    /// * `property_id`: Id of the custom property.
    delete_custom_property DeleteCustomPropertyCall = "custom-properties.delete" -> (), nothing {
        first property_id: text = "id";
    }

    /// Show one custom property.
    ///
    /// * `property_id`: Id of the custom property.
    get_custom_property GetCustomPropertyCall = "custom-properties.get" -> CustomProperty, answer {
        first property_id: text = "id";
    }

    /// List custom properties.
    list_custom_properties ListCustomPropertiesCall = "custom-properties.list" -> Vec<CustomProperty>, answer {
    }

    /// Change a custom property.
    ///
    /// * `property_id`: Id of the custom property.
    update_custom_property UpdateCustomPropertyCall = "custom-properties.update" -> CustomProperty, answer {
        first property_id: text = "id";
        /// Its name.
        option name: text = "name";
        /// What it is about.
        option description: text = "description";
        /// Formula.
        option display_formula: text = "display_formula";
        /// Inputs of the formula, as a JSON object by letter.
        option composed_properties: json = "composed_properties";
        /// Whether it is locked.
        option is_locked: flag = "is_locked";
        /// Whether it is shown.
        option is_visible: flag = "is_visible";
    }

    /// Check a custom property without saving it.
    ///
    /// * `name`: Its name.
    /// * `resource_type`: What has it: `events`, `people`, `group_profiles`.
    validate_custom_property ValidateCustomPropertyCall = "custom-properties.validate" -> Value, answer {
        first name: text = "name";
        first resource_type: text = "resource_type";
        /// Formula.
        option display_formula: text = "display_formula";
        /// Inputs of the formula, as a JSON object by letter.
        option composed_properties: json = "composed_properties";
        /// Behavior it counts, as a JSON object.
        option behavior: json = "behavior";
    }
}
