//! The operations of `schemas`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;
use serde_json::Value;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{BulkCreateSchemasResponse, BulkPatchResult, DeleteSchemasResponse, SchemaEntry};

calls! {
    /// Register one schema; the body is the schema itself.
    ///
    /// * `entity_type`: Kind of entity.
    /// * `entity_name`: Name of the entity.
    /// * `schema_json`: The schema, as a JSON object.
    create_schema CreateSchemaCall = "schemas.create" -> Value, answer {
        first entity_type: text = "entity_type";
        first entity_name: text = "entity_name";
        first schema_json: json = "schema_json";
    }

    /// Register several schemas. It may destroy: with truncate, all other schemas are deleted.
    ///
    /// * `entries`: Schemas, as a JSON list.
    create_schemas_bulk CreateSchemasBulkCall = "schemas.create-bulk" -> BulkCreateSchemasResponse, answer {
        first entries: list = "entries";
        /// Delete all others first.
        option truncate: flag = "truncate";
        /// Kind of entity.
        option entity_type: text = "entity_type";
    }

    /// Delete schemas, all of them when no filter is given. It destroys.
    delete_schemas DeleteSchemasCall = "schemas.delete" -> DeleteSchemasResponse, answer {
        /// Kind of entity.
        option entity_type: text = "entity_type";
        /// Name of the entity.
        option entity_name: text = "entity_name";
    }

    /// List schema registry entries.
    list_schema_registry ListSchemaRegistryCall = "schemas.list" -> Vec<SchemaEntry>, answer {
        /// Kind of entity.
        option entity_type: text = "entity_type";
    }

    /// Merge changes into one schema.
    ///
    /// * `entity_type`: Kind of entity.
    /// * `entity_name`: Name of the entity.
    /// * `schema_json`: The schema, as a JSON object.
    update_schema UpdateSchemaCall = "schemas.update" -> Value, answer {
        first entity_type: text = "entity_type";
        first entity_name: text = "entity_name";
        first schema_json: json = "schema_json";
    }

    /// Merge changes into several schemas.
    ///
    /// * `entries`: Schemas, as a JSON list.
    update_schemas_bulk UpdateSchemasBulkCall = "schemas.update-bulk" -> Vec<BulkPatchResult>, answer {
        first entries: list = "entries";
    }
}
