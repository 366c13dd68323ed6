//! Signing in and out, and forms that the plan describes.

use std::collections::BTreeMap;

use url::Url;

use crate::agent::same_site;
use crate::look::{Exchange, Form, url_for_people};
use crate::probe::Client;

use super::actor::{Actor, Fields};
use super::error::AccountError;
use super::plan::{Credentials, Plan, Step};

/// A site, an account there, and what to do with it.
pub(super) struct Stage<'s> {
    pub(super) client: &'s Client,
    pub(super) target: &'s Url,
    pub(super) plan: &'s Plan,
    pub(super) credentials: &'s Credentials,
}

/// A form that is filled in, and where it is from.
pub(super) struct Filled {
    pub(super) from: Url,
    pub(super) to: Url,
    pub(super) fields: Fields,
}

impl<'s> Stage<'s> {
    /// A URL of the plan's.
    pub(super) fn url(&self, written: &str) -> Result<Url, AccountError> {
        let url = self.target.join(written).ok().filter(|url| same_site(url, self.target));
        url.ok_or_else(|| AccountError::Elsewhere { url: written.to_owned() })
    }

    /// Opens the page with the form of the sign-in, and fills it in.
    pub(super) async fn sign_in_form(
        &self,
        actor: &mut Actor<'_>,
        credentials: &Credentials,
    ) -> Result<Filled, AccountError> {
        let page = self.url(self.plan.sign_in.page.as_deref().unwrap_or(self.target.as_str()))?;
        let exchange = actor.open(&page).await?;
        let forms = exchange.page().forms;
        let form = forms.iter().find(|form| form.inputs.iter().any(|input| input.kind == "password"));
        let form = form.ok_or_else(|| AccountError::NoForm {
            page: url_for_people(&exchange.url),
            status: exchange.status,
        })?;
        let to =
            self.url(exchange.url.join(&form.action).unwrap_or_else(|_| exchange.url.clone()).as_str())?;
        Ok(Filled { from: exchange.url.clone(), to, fields: self.sign_in_fields(form, credentials) })
    }

    fn sign_in_fields(&self, form: &Form, credentials: &Credentials) -> Fields {
        let said = &self.plan.sign_in;
        let first = |kinds: &[&str]| {
            let input = form.inputs.iter().find(|input| kinds.contains(&input.kind.as_str()));
            input.map(|input| input.name.clone())
        };
        let user = said.user_field.clone().or_else(|| first(&["text", "email", "tel"])).unwrap_or_default();
        let password = said.password_field.clone().or_else(|| first(&["password"])).unwrap_or_default();
        let mut fields = hidden(form);
        fields.extend(said.fields.iter().map(|(name, value)| (name.clone(), credentials.fill(value))));
        fields.push((user, credentials.user.clone()));
        fields.push((password, credentials.password.clone()));
        fields
    }

    /// A visitor who has signed in, and where that led.
    pub(super) async fn sign_in(
        &self,
        credentials: &Credentials,
    ) -> Result<(Actor<'s>, Exchange), AccountError> {
        let mut actor = Actor::new(self.client);
        let landed = self.sign_in_as(&mut actor, credentials).await?;
        Ok((actor, landed))
    }

    pub(super) async fn sign_in_as(
        &self,
        actor: &mut Actor<'_>,
        credentials: &Credentials,
    ) -> Result<Exchange, AccountError> {
        let form = self.sign_in_form(actor, credentials).await?;
        Ok(actor.submit(&form.from, &form.to, &form.fields).await?)
    }

    /// Fills in a form of the plan's, with the hidden fields of its page.
    pub(super) async fn fill(&self, actor: &mut Actor<'_>, step: &Step) -> Result<Filled, AccountError> {
        let to = self.url(&step.action)?;
        let mut filled = Filled { from: to.clone(), to, fields: Vec::new() };
        if let Some(page) = &step.page {
            let exchange = actor.open(&self.url(page)?).await?;
            let leads_there =
                |form: &&Form| exchange.url.join(&form.action).is_ok_and(|to| to.path() == filled.to.path());
            if let Some(form) = exchange.page().forms.iter().find(leads_there) {
                filled.fields = hidden(form);
            }
            filled.from = exchange.url.clone();
        }
        let fields = step.fields.iter().map(|(name, value)| (name.clone(), self.credentials.fill(value)));
        filled.fields.extend(fields);
        Ok(filled)
    }

    /// The form or link by which users sign out, as the plan or else a page has it.
    pub(super) fn sign_out(&self, page: &Exchange) -> Option<Step> {
        if let Some(step) = &self.plan.sign_out {
            return Some(step.clone());
        }
        let content = page.page();
        let forms = content.forms.iter().filter(|form| form.is_post).map(|form| form.action.as_str());
        let links = content.references.iter().map(|reference| reference.url.as_str());
        let says_so = |url: &&str| {
            let letters: String =
                url.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
            ["logout", "signout", "logoff"].iter().any(|word| letters.contains(word))
        };
        let action = forms.chain(links).find(says_so)?;
        let action = page.url.join(action).ok()?.to_string();
        Some(Step { page: Some(page.url.to_string()), action, fields: BTreeMap::default() })
    }
}

/// What a form sends without anybody typing.
fn hidden(form: &Form) -> Fields {
    let is_hidden = |kind: &str| kind == "hidden";
    let inputs = form.inputs.iter().filter(|input| is_hidden(&input.kind));
    inputs.map(|input| (input.name.clone(), input.value.clone())).collect()
}
