//! The manual pages, where `man` finds those of one user.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::around::Around;
use super::files::{Comment, Wanted, is_marked};
use super::shells::{of_shell, quoted};
use super::step::{Part, State, Step};

/// A page that no other program has: by it the pages of a package are known.
const OURS: &str = "mp-session.1";

/// The manual pages in the folder of a user.
pub(crate) struct Manual {
    /// The folder of their section.
    pub(crate) folder: PathBuf,
    pages: Vec<Wanted>,
    /// Those of an earlier release that this one has no more.
    stale: Vec<Wanted>,
}

impl Manual {
    /// Prepares the pages, each with its name.
    pub(crate) fn new(around: &Around, pages: Vec<(String, String)>) -> Self {
        let folder = around.data().join("man/man1");
        let wanted = |(name, text): (String, String)| Wanted { path: folder.join(name), text, comment: Comment::ROFF };
        let pages: Vec<Wanted> = pages.into_iter().map(wanted).collect();
        let stale = stale(&folder, &pages);
        Self { folder, pages, stale }
    }

    /// Returns the page of a package that has brought them, if one has.
    pub(crate) fn packaged(around: &Around) -> Option<PathBuf> {
        let folders = around.prefixes.iter().map(|prefix| prefix.join("share/man/man1"));
        let files =
            folders.flat_map(|folder| ["", ".gz", ".zst", ".xz"].map(|ending| folder.join(format!("{OURS}{ending}"))));
        let mut files = files.filter(|file| file.parent() != Some(&around.data().join("man/man1")));
        files.find(|file| file.exists())
    }

    /// Writes them.
    pub(crate) fn put(&self, around: &Around, is_dry: bool) -> Vec<Step> {
        let mut made = BTreeSet::new();
        // What this release has no more goes without a word.
        for page in &self.stale {
            let _ = page.take(is_dry, &mut made);
        }
        let done = self.pages.iter().map(|page| (page, page.put(is_dry)));
        let mut steps = self.told(done);
        if let Some(step) = steps.first_mut().filter(|step| step.state.is_change() || step.state == State::Unchanged) {
            step.next.extend(needs(around, &self.folder));
        }
        steps
    }

    /// Takes them away.
    pub(crate) fn take(&self, is_dry: bool, made: &mut BTreeSet<PathBuf>) -> Vec<Step> {
        let done: Vec<_> = self.pages.iter().chain(&self.stale).map(|page| (page, page.take(is_dry, made))).collect();
        self.told(done.into_iter())
    }

    /// Tells what became of many at once, but for those that are special.
    fn told<'a>(
        &'a self,
        done: impl Iterator<Item = (&'a Wanted, std::io::Result<(State, &'static str)>)>,
    ) -> Vec<Step> {
        let (mut alike, mut special) = (BTreeMap::<State, usize>::new(), Vec::new());
        for (page, done) in done {
            let name = page.path.file_name().unwrap_or_default().to_string_lossy();
            let step = |state| Step::new(Part::Man, format!("manual page {name}"), state).at(&page.path);
            match done {
                Ok((State::Kept, why)) => special.push(step(State::Kept).because(why)),
                Ok((state, _)) => *alike.entry(state).or_default() += 1,
                Err(error) => special.push(step(State::Failed).because(error.to_string())),
            }
        }
        let failed = special.iter().filter(|step| step.state == State::Failed).count();
        if failed > 1 {
            // They fail for one reason, which need not be told forty times.
            let first = special.iter().find(|step| step.state == State::Failed).map(|step| step.detail.clone());
            special.retain(|step| step.state != State::Failed);
            let step = Step::new(Part::Man, format!("{failed} manual pages"), State::Failed).at(&self.folder);
            special.push(step.because(first.unwrap_or_default()));
        }
        if alike.len() > 1 {
            alike.remove(&State::Absent);
        }
        let many = |(state, count): (State, usize)| {
            Step::new(Part::Man, format!("{count} manual pages"), state).at(&self.folder)
        };
        alike.into_iter().map(many).chain(special).collect()
    }
}

fn stale(folder: &Path, pages: &[Wanted]) -> Vec<Wanted> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("mp") && name.ends_with(".1") && pages.iter().all(|page| page.path != *path) && is_marked(path)
    };
    let wanted = |path| Wanted { path, text: String::new(), comment: Comment::ROFF };
    entries.filter(is_ours).map(wanted).collect()
}

/// Returns what has to be done for `man` to look there. It does by itself where the folder of programs beside it is on the search path.
fn needs(around: &Around, folder: &Path) -> Option<String> {
    let manual = folder.parent()?;
    let named =
        around.environment.os("MANPATH").map(std::env::split_paths).into_iter().flatten().any(|path| path == manual);
    let beside = |bin: &PathBuf| {
        bin.parent().is_some_and(|above| above.join("share/man") == manual || above.join("man") == manual)
    };
    let is_found = named || around.search_path().iter().any(beside);
    // Nothing, or a colon at its end, stands for where it looks by itself.
    let line = || format!("export MANPATH={}:\"$MANPATH\"", of_shell(manual));
    (!is_found).then(|| format!("echo {} >>~/.profile", quoted(&line())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Environment;

    fn around(home: &Path, variables: &[(&str, &str)]) -> Around {
        Around { home: home.to_owned(), environment: Environment::of(variables), prefixes: Vec::new(), system: "linux" }
    }

    fn pages(names: &[&str]) -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), format!(".TH {name}\ntext\n"))).collect()
    }

    fn states(steps: &[Step]) -> Vec<(String, State)> {
        steps.iter().map(|step| (step.what.clone(), step.state)).collect()
    }

    #[test]
    fn pages_that_a_release_has_no_more_go_and_edited_ones_stay() {
        let dir = tempfile::tempdir().expect("a directory");
        let around = around(dir.path(), &[]);
        let manual = |names: &[&str]| Manual::new(&around, pages(names));
        let added = manual(&["mp.1", "mp-a.1", "mp-b.1"]).put(&around, false);
        assert_eq!(states(&added), [("3 manual pages".to_owned(), State::Added)]);
        std::fs::write(manual(&[]).folder.join("mp-b.1"), "mine").expect("writable");
        std::fs::write(manual(&[]).folder.join("mpc.1"), "of a music player").expect("writable");
        let again = manual(&["mp.1", "mp-b.1"]).put(&around, false);
        let expected =
            [("1 manual pages".to_owned(), State::Unchanged), ("manual page mp-b.1".to_owned(), State::Kept)];
        assert_eq!(states(&again), expected);
        assert!(!manual(&[]).folder.join("mp-a.1").exists());
        let mut made = BTreeSet::new();
        let removed = manual(&["mp-b.1"]).take(false, &mut made);
        assert_eq!(states(&removed)[0], ("1 manual pages".to_owned(), State::Removed), "of another release, too");
        assert!(manual(&[]).folder.join("mpc.1").exists() && manual(&[]).folder.join("mp-b.1").exists());
    }

    #[test]
    fn what_man_does_not_find_by_itself_is_told() {
        let folder = Path::new("/h/.local/share/man/man1");
        let needs = |variables: &[(&str, &str)]| needs(&around(Path::new("/h"), variables), folder);
        assert!(needs(&[("PATH", "/usr/bin")]).is_some_and(|text| text.contains("MANPATH=/h/.local/share/man:")));
        assert_eq!(needs(&[("PATH", "/usr/bin:/h/.local/bin")]), None);
        assert_eq!(needs(&[("MANPATH", "/h/.local/share/man:")]), None);
    }
}
