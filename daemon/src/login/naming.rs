//! Names of accounts made of the names of organisations, as the Python tool makes them. Pure.

use icu_normalizer::DecomposingNormalizerBorrowed;
use mp_proto::ids::AccountName;

/// Longest name that is made of an organisation's, in characters. The rule of the file would allow 64.
const LONGEST: usize = 32;

/// Returns the name for an account of somebody whose first organisation is this one, by id and name; a taken name gets a number.
pub fn derive(first: Option<(&str, &str)>, is_taken: impl Fn(&str) -> bool) -> AccountName {
    let base = match first {
        None => "account".to_owned(),
        Some((id, name)) => match slug(name) {
            slug if slug.is_empty() => slug_of_id(id),
            slug => slug,
        },
    };
    let free = std::iter::once(base.clone())
        .chain((2_u32..).map(|number| format!("{base}-{number}")))
        .find(|name| !is_taken(name))
        .expect("there are more numbers than accounts");
    AccountName::parse(&free).expect("a slug of 32 characters with a number is a name")
}

/// An organisation's id is a number. Whatever else it may be one day must not make a bad name.
fn slug_of_id(id: &str) -> String {
    let id: String = slug(id).chars().take(LONGEST - 4).collect();
    if id.is_empty() { "account".to_owned() } else { format!("org-{id}") }
}

/// Decomposes, drops what is not ASCII, and joins the runs of letters and digits by hyphens.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(name.chars()).filter(char::is_ascii) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(LONGEST);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_those_of_the_python_tool() {
        let table = [
            ("Acme Corp", "acme-corp"),
            ("O'Neil's 2nd Co", "o-neil-s-2nd-co"),
            ("Café Industries", "cafe-industries"),
            ("straße", "strae"),
            ("ACME_Inc.", "acme-inc"),
            ("İstanbul", "istanbul"),
            ("ﬁnance", "finance"),
            ("Ⅻ corp", "xii-corp"),
            (&"a".repeat(40), &"a".repeat(32)),
            (&format!("{} yz", "x".repeat(31)), &"x".repeat(31)),
            ("🚀 Rocket", "rocket"),
            ("日本", ""),
            ("---", ""),
            ("Solo Süß & Co.", "solo-su-co"),
        ];
        for (name, expected) in table {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn taken_names_get_a_number_and_nothing_makes_a_bad_one() {
        let derive = |first, taken: &[&str]| derive(first, |name| taken.contains(&name)).to_string();
        assert_eq!(derive(Some(("1", "Acme")), &[]), "acme");
        assert_eq!(derive(Some(("1", "Acme")), &["acme", "acme-2"]), "acme-3");
        assert_eq!(derive(Some(("77", "日本")), &[]), "org-77");
        assert_eq!(derive(Some(("../x", "日本")), &[]), "org-x");
        assert_eq!(derive(Some(("", "")), &[]), "account");
        assert_eq!(derive(None, &["account"]), "account-2");
        assert_eq!(derive(Some(("1", &"z".repeat(99))), &[&"z".repeat(32)]), format!("{}-2", "z".repeat(32)));
    }
}
