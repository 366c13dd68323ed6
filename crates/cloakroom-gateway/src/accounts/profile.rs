//! What applications are told of a user, and how it changes.

use crate::accounts::{DisplayName, Email, Group, Groups, TooManyGroups};

/// What applications are told of a user beside the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// How the user wants to be called.
    pub display_name: Option<DisplayName>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// The groups that the user is in.
    pub groups: Groups,
}

/// What becomes of one part of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Edit<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is this now.
    Set(T),
    /// It is not known any more.
    Clear,
}

/// Changes of a profile that are made together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileEdit {
    /// The display name.
    pub display_name: Edit<DisplayName>,
    /// The e-mail address.
    pub email: Edit<Email>,
    /// Groups that the user is in now.
    pub add_groups: Vec<Group>,
    /// Groups that the user is not in any more, whether or not they are added too.
    pub remove_groups: Vec<Group>,
}

impl<T: Clone> Edit<T> {
    fn of(&self, before: Option<&T>) -> Option<T> {
        match self {
            Self::Keep => before.cloned(),
            Self::Set(value) => Some(value.clone()),
            Self::Clear => None,
        }
    }
}

impl ProfileEdit {
    /// The profile after these changes.
    ///
    /// # Errors
    /// [`TooManyGroups`].
    pub fn of(&self, before: &Profile) -> Result<Profile, TooManyGroups> {
        let groups = before.groups.iter().chain(&self.add_groups);
        let kept = groups.filter(|group| !self.remove_groups.contains(group));
        Ok(Profile {
            display_name: self.display_name.of(before.display_name.as_ref()),
            email: self.email.of(before.email.as_ref()),
            groups: Groups::new(kept.cloned())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str) -> Group {
        name.parse().unwrap()
    }

    #[test]
    fn what_is_not_edited_stays() {
        let before = Profile {
            display_name: Some("Alice".parse().unwrap()),
            email: Some("a@b".parse().unwrap()),
            groups: Groups::new([group("a"), group("b")]).unwrap(),
        };
        assert_eq!(ProfileEdit::default().of(&before), Ok(before.clone()));
        let edit = ProfileEdit {
            display_name: Edit::Clear,
            email: Edit::Set("c@d".parse().unwrap()),
            add_groups: vec![group("c"), group("d"), group("a")],
            remove_groups: vec![group("b"), group("d"), group("never")],
        };
        let after = edit.of(&before).unwrap();
        assert_eq!((after.display_name, after.email), (None, Some("c@d".parse().unwrap())));
        assert_eq!(after.groups.to_string(), "a,c");
    }

    #[test]
    fn a_user_with_the_most_groups_can_change_one_for_another() {
        let most = (0..Groups::COUNT_MAX).map(|number| group(&format!("g{number}")));
        let before = Profile { groups: Groups::new(most).unwrap(), ..Profile::default() };
        let add = ProfileEdit { add_groups: vec![group("new")], ..ProfileEdit::default() };
        assert_eq!(add.of(&before), Err(TooManyGroups));
        let change = ProfileEdit { remove_groups: vec![group("g0")], ..add };
        assert!(change.of(&before).unwrap().groups.contains(&group("new")));
    }
}
