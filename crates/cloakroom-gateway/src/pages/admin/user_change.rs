//! What an administrator can do about a user.

use maud::{Markup, html};

use crate::accounts::{State, User};
use crate::pages::admin::user_fields::role_field;
use crate::pages::admin::{Frame, TypedUser, reason_field};
use crate::pages::site::refusal;
use crate::pages::words::ConsoleWords;
use crate::pages::{FormToken, Site};

/// The forms, each for one thing.
#[derive(Debug)]
pub(crate) struct UserChangePage<'a> {
    /// What is around it.
    pub(crate) frame: Frame<'a>,
    /// The user.
    pub(crate) user: &'a User,
    /// What was typed about them.
    pub(crate) typed: &'a TypedUser,
    /// What proves the forms.
    pub(crate) token: FormToken,
    /// Why the last thing was not done.
    pub(crate) refused: Option<&'a str>,
}

impl UserChangePage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.language.console();
        let user = format!("/_cloakroom/admin/users/{}", self.user.name.canonical());
        let content = html! {
            @if let Some(text) = self.refused { (refusal(text)) }
            div.panels {
                (self.form(&user, "profile", words.profile, &self.profile(words)))
                (self.form(&user, "role", words.role_heading, &self.role(site, words)))
                @if State::of(self.user) == State::Enabled {
                    (self.form(&user, "reset-link", words.reset_heading, &reset(site, words)))
                    (self.form(&user, "disable", words.disable_heading, &disable(site, words)))
                } @else {
                    (self.form(&user, "enable", words.disable_heading, &enable(site, words)))
                }
            }
            p.after { a href=(user) { (words.back_to_user) } }
        };
        let title = (words.of_user)(words.change, self.user.name.as_typed());
        self.frame.page(site, &title, &content)
    }

    fn form(&self, user: &str, act: &str, heading: &str, fields: &Markup) -> Markup {
        html! {
            section.panel aria-labelledby={ (act) "-heading" } {
                h2 id={ (act) "-heading" } { (heading) }
                form method="post" action={ (user) "/" (act) } { (self.token.field()) (fields) }
            }
        }
    }

    fn profile(&self, words: &ConsoleWords) -> Markup {
        html! {
            // What is taken away is told from what somebody else has added meanwhile.
            input type="hidden" name="groups_before" value=(TypedUser::of(self.user).groups);
            (self.typed.fields(words))
            button type="submit" { (words.save) }
        }
    }

    fn role(&self, site: &Site, words: &ConsoleWords) -> Markup {
        html! {
            (role_field(words, self.user.role))
            (reason_field(site, "role-reason"))
            button type="submit" { (words.change_role) }
        }
    }
}

fn reset(site: &Site, words: &ConsoleWords) -> Markup {
    html! {
        p.quiet { (words.reset_text) }
        (reason_field(site, "reset-reason"))
        button type="submit" { (words.make_link) }
    }
}

fn disable(site: &Site, words: &ConsoleWords) -> Markup {
    html! {
        p.quiet { (words.disable_text) }
        (reason_field(site, "disable-reason"))
        button.danger type="submit" { (words.disable) }
    }
}

fn enable(site: &Site, words: &ConsoleWords) -> Markup {
    html! {
        p.quiet { (words.enable_text) }
        (reason_field(site, "enable-reason"))
        button type="submit" { (words.enable) }
    }
}
