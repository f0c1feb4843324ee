//! Changes of a project's file that keep what is there. Pure: a text in, a text out.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, value};

/// What is not to be judged any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ignored {
    /// An event.
    Event(String),
    /// A property.
    Property(String),
}

/// Returns the text of the file with one more name that is not judged.
///
/// # Errors
/// When the text is no TOML, or has something else where the list belongs.
pub fn ignore(text: &str, what: &Ignored) -> Result<String, String> {
    let (key, name) = match what {
        Ignored::Event(name) => ("events", name),
        Ignored::Property(name) => ("properties", name),
    };
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| format!("the file is no TOML: {}", error.message()))?;
    let table = document.entry("ignore").or_insert_with(|| Item::Table(Table::new()));
    let table: &mut dyn TableLike = table.as_table_like_mut().ok_or("[ignore] is no table")?;
    let list = table.entry(key).or_insert_with(|| value(Array::new()));
    let list = list.as_array_mut().ok_or_else(|| format!("ignore.{key} is no list"))?;
    // In the file, `*` stands for anything.
    if !list.iter().any(|entry| entry.as_str() == Some(name)) {
        list.push(name.as_str());
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_and_a_name_is_added_once() {
        let text = "# mine\nproject = \"7\"\n\n[ignore] # noise\nevents = [\"A\"] # first\n";
        let once = ignore(text, &Ignored::Event("B \"x\"".into())).expect("good");
        assert_eq!(once, "# mine\nproject = \"7\"\n\n[ignore] # noise\nevents = [\"A\", 'B \"x\"'] # first\n");
        assert_eq!(ignore(&once, &Ignored::Event("A".into())).as_deref(), Ok(once.as_str()));
        assert_eq!(ignore("", &Ignored::Property("p".into())).as_deref(), Ok("[ignore]\nproperties = [\"p\"]\n"));
        assert!(ignore("= 1", &Ignored::Event("A".into())).is_err());
        assert!(ignore("ignore = 5", &Ignored::Event("A".into())).is_err());
    }
}
