//! What is tried, in its order.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use url::Url;

use crate::agent::{Asking, Cookie};
use crate::look::{Exchange, Look, Proof, UNTRIED, Visit, Why, url_for_people};
use crate::probe::{Client, Terms};
use crate::rules::{Rule, account as rules};

use super::actor::Actor;
use super::error::AccountError;
use super::plan::{Credentials, Plan, Step};
use super::steps::Stage;
use super::witness::{Witness, ask};

/// Tries what the plan allows, and adds what was seen and proved to a look.
///
/// # Errors
/// When nobody could be signed in.
pub async fn prove(
    look: &mut Look,
    terms: Terms,
    plan: &Plan,
    credentials: &Credentials,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<(), AccountError> {
    let client = Client::new(terms)?;
    let target = look.target.clone();
    let stage = Stage { client: &client, target: &target, plan, credentials };
    let mut trial = Trial { stage, look, progress };
    trial.run().await
}

struct Trial<'t> {
    stage: Stage<'t>,
    look: &'t mut Look,
    progress: &'t (dyn Fn(&str) + Sync),
}

/// A sign-in that worked.
struct Entry<'t> {
    /// What tells who is signed in.
    witness: Witness,
    /// A page of somebody who is.
    page: Exchange,
    actor: Actor<'t>,
    /// The cookies from before.
    old: Option<Vec<u8>>,
    /// And from after.
    new: Option<Vec<u8>>,
}

impl<'t> Trial<'t> {
    async fn run(&mut self) -> Result<(), AccountError> {
        let patience = self.stage.client.terms().patience;
        let seconds = patience.as_secs();
        let signed_in = timeout(patience, self.sign_in()).await;
        let entry = signed_in.map_err(|_| AccountError::Slow { seconds })??;
        let Ok(tried) = timeout(patience, self.tries(&entry)).await else {
            let note = format!("the site is slow: after {seconds} seconds the rest was not tried");
            self.look.notes.push(note);
            return Ok(());
        };
        tried?;
        // Never broken off in between: it ends with the old password.
        if let Some(step) = self.stage.plan.password_change.clone() {
            self.password(&entry.witness, &step).await?;
        }
        if let Some(idle) = self.stage.plan.idle {
            self.idle(&entry.witness, idle.seconds).await?;
        }
        Ok(())
    }

    /// Without which nothing can be proved.
    async fn sign_in(&mut self) -> Result<Entry<'t>, AccountError> {
        (self.progress)("signing in");
        let at = self.stage.client.now();
        let mut actor = Actor::new(self.stage.client);
        let form = self.stage.sign_in_form(&mut actor, self.stage.credentials).await?;
        let before = actor.jar.clone();
        let landed = actor.submit(&form.from, &form.to, &form.fields).await?;
        let witness = self.witness(&actor, &landed).await?;
        let page = actor.open(witness.url()).await?;
        self.look.visits.push(Visit { why: Why::SignedIn, at, hops: actor.seen.clone() });

        let old = before.field_for(witness.url(), Asking::SameSite, at);
        let new = actor.copy(witness.url());
        Ok(Entry { witness, page, actor, old, new })
    }

    /// What can be broken off at any moment.
    async fn tries(&mut self, entry: &Entry<'_>) -> Result<(), AccountError> {
        let witness = &entry.witness;
        self.fixation(entry).await?;
        self.planted(witness, &entry.actor).await?;
        self.forged_sign_in(witness).await?;
        if let Some(step) = self.stage.plan.forged.clone() {
            self.forged(&step).await?;
        }
        match self.stage.sign_out(&entry.page) {
            Some(step) => {
                self.sign_out_by_link(witness, &step).await?;
                self.sign_out(witness, &step).await?;
            }
            None => self.look.notes.push("no way to sign out was found or described".to_owned()),
        }
        Ok(())
    }

    /// What tells who is signed in, which nothing can be proved without.
    async fn witness(&self, actor: &Actor<'_>, landed: &Exchange) -> Result<Witness, AccountError> {
        let said = &self.stage.plan.signed_in;
        let url = match &said.page {
            Some(page) => self.stage.url(page)?,
            None => landed.url.clone(),
        };
        let inside = ask(self.stage.client, &url, actor.copy(&url)).await?;
        let outside = ask(self.stage.client, &url, None).await?;
        let user = &self.stage.credentials.user;
        Witness::between(&url, said.shows.as_deref(), user, &inside, &outside)
            .ok_or_else(|| AccountError::NotSignedIn { page: url_for_people(&url) })
    }

    fn found(&mut self, is_so: bool, rule: &'static Rule, at: &Url, detail: &str, otherwise: &str) {
        if is_so {
            self.look.proofs.push(Proof { rule, url: at.clone(), detail: detail.to_owned() });
        } else {
            self.look.notes.push(format!("proved: {otherwise}"));
        }
    }

    /// The cookies from before the sign-in, alone, after it.
    async fn fixation(&mut self, entry: &Entry<'_>) -> Result<(), AccountError> {
        (self.progress)("trying the token from before the sign-in");
        let Entry { witness, old, new, .. } = entry;
        let is_alive = match old {
            Some(old) => witness.knows(self.stage.client, Some(old.clone())).await?,
            None => false,
        };
        let is_same = old == new;
        let rule = if is_same { &rules::FIXATION } else { &rules::OLD_ALIVE };
        let detail = "the cookies from before the sign-in are signed in";
        self.found(
            is_alive,
            rule,
            witness.url(),
            detail,
            "the token changes at sign-in, and the one before is worth nothing",
        );
        Ok(())
    }

    /// A token that the server never made, held by the browser before the sign-in.
    async fn planted(&mut self, witness: &Witness, signed_in: &Actor<'_>) -> Result<(), AccountError> {
        (self.progress)("planting a token before a sign-in");
        let mut victim = Actor::new(self.stage.client);
        let mut fields = Vec::new();
        for cookie in signed_in.jar.cookies().iter().filter(|cookie| cookie.value.len() >= 8) {
            let planted = Cookie { value: altered(&cookie.value), ..cookie.clone() };
            fields.push([&planted.name[..], b"=", &planted.value].concat());
            victim.jar.plant(planted);
        }
        let mut is_adopted = false;
        if !fields.is_empty() {
            // A server that refuses such a visitor has adopted nothing.
            if self.stage.sign_in_as(&mut victim, self.stage.credentials).await.is_ok() {
                is_adopted = witness.knows(self.stage.client, Some(fields.join(&b"; "[..]))).await?;
            }
        }
        let detail = "a token that this audit made up is signed in";
        self.found(is_adopted, &rules::PLANTED, witness.url(), detail, "a planted token is not adopted");
        Ok(())
    }

    /// The attacker's form, with the attacker's token, sent by a visitor's browser.
    async fn forged_sign_in(&mut self, witness: &Witness) -> Result<(), AccountError> {
        (self.progress)("signing in from another site");
        let mut attacker = Actor::new(self.stage.client);
        let form = self.stage.sign_in_form(&mut attacker, self.stage.credentials).await?;
        let mut visitor = Actor::new(self.stage.client);
        visitor.open(&form.from).await?;
        let at = self.stage.client.now();
        let answer = visitor.submit_forged(&form.to, &form.fields).await?;
        let is_in = witness.knows(self.stage.client, visitor.copy(witness.url())).await?;
        self.look.notes.retain(|note| note != UNTRIED);
        if !is_in {
            self.look.visits.push(Visit { why: Why::RefusedSignIn, at, hops: vec![answer] });
        }
        let detail = "a POST with Origin and Sec-Fetch-Site of another site signs in";
        self.found(is_in, &rules::SIGN_IN_FORGED, &form.to, detail, "another site cannot sign a visitor in");
        Ok(())
    }

    /// The request that the plan names, made by another site.
    async fn forged(&mut self, step: &Step) -> Result<(), AccountError> {
        (self.progress)("forging a request");
        let (mut victim, _) = self.stage.sign_in(self.stage.credentials).await?;
        let to = self.stage.url(&step.action)?;
        let fields =
            step.fields.iter().map(|(name, value)| (name.clone(), self.stage.credentials.fill(value)));
        let answer = victim.submit_forged(&to, &fields.collect()).await?;
        let leads_to_sign_in = answer.redirects_to().is_some_and(|to| {
            self.stage.plan.sign_in.page.as_deref().is_some_and(|page| to.path().starts_with(page))
                || to.path().contains("login")
        });
        let is_accepted = answer.status < 400 && !leads_to_sign_in;
        let detail = format!("answered with status {}", answer.status);
        self.found(is_accepted, &rules::FORGED, &to, &detail, "the forged request is refused");
        Ok(())
    }

    async fn sign_out_by_link(&mut self, witness: &Witness, step: &Step) -> Result<(), AccountError> {
        (self.progress)("following a link to the sign-out");
        let (mut user, _) = self.stage.sign_in(self.stage.credentials).await?;
        let copied = user.copy(witness.url());
        let to = self.stage.url(&step.action)?;
        user.follow_foreign_link(&to).await?;
        let is_out = !witness.knows(self.stage.client, copied).await?
            || !witness.knows(self.stage.client, user.copy(witness.url())).await?;
        self.found(
            is_out,
            &rules::SIGN_OUT_GET,
            &to,
            "a GET from another site signs out",
            "a link does not sign out",
        );
        Ok(())
    }

    async fn sign_out(&mut self, witness: &Witness, step: &Step) -> Result<(), AccountError> {
        (self.progress)("signing out");
        let (mut user, _) = self.stage.sign_in(self.stage.credentials).await?;
        let copied = user.copy(witness.url());
        let form = self.stage.fill(&mut user, step).await?;
        let answer = user.submit(&form.from, &form.to, &form.fields).await?;
        if answer.status == 405 {
            // It is a link, then.
            user.open(&form.to).await?;
        }
        let is_alive = witness.knows(self.stage.client, copied.clone()).await?;
        let detail = "a copy of the cookies is still signed in";
        self.found(
            is_alive,
            &rules::SIGN_OUT_CLIENT,
            &form.to,
            detail,
            "sign-out ends the session on the server",
        );
        let is_kept = copied.is_some() && user.copy(witness.url()) == copied;
        let detail = "the browser holds the same cookies as before";
        self.found(is_kept, &rules::SIGN_OUT_COOKIE, &form.to, detail, "sign-out removes the cookie");
        Ok(())
    }

    async fn password(&mut self, witness: &Witness, step: &Step) -> Result<(), AccountError> {
        let Some(new) = self.stage.credentials.new_password.clone() else {
            self.look.notes.push("the password was not changed: no new one was given".to_owned());
            return Ok(());
        };
        (self.progress)("changing the password");
        let (mut here, _) = self.stage.sign_in(self.stage.credentials).await?;
        let (there, _) = self.stage.sign_in(self.stage.credentials).await?;
        let (mine, others) = (here.copy(witness.url()), there.copy(witness.url()));
        let form = self.stage.fill(&mut here, step).await?;
        let changed = Credentials {
            password: new,
            new_password: Some(self.stage.credentials.password.clone()),
            ..self.stage.credentials.clone()
        };
        // From here on the password may be another, whatever comes.
        let submitted = here.submit(&form.from, &form.to, &form.fields).await.map_err(AccountError::from);
        let seen = match submitted {
            Ok(_) => self.alive_after(witness, &changed, [mine, others]).await,
            Err(error) => Err(error),
        };
        match seen {
            Ok(Some(alive)) => self.tell_of_change(&form.to, alive),
            Ok(None) => {
                self.look.notes.push("the password was not changed: the new one does not sign in".to_owned());
                return Ok(());
            }
            Err(error) => {
                let why = error.line();
                let back = self.change_back(witness, step, &changed).await;
                return Err(if matches!(back, Ok(true)) { error } else { AccountError::LeftChanged { why } });
            }
        }
        let back = self.change_back(witness, step, &changed).await;
        let is_back = back.map_err(|error| AccountError::LeftChanged { why: error.line() })?;
        self.look.notes.push(if is_back {
            "the password was changed, and changed back".to_owned()
        } else {
            "THE PASSWORD WAS CHANGED, and could not be changed back".to_owned()
        });
        Ok(())
    }

    /// Which of these cookies are still signed in; `None` where the new password is not.
    async fn alive_after<const N: usize>(
        &self,
        witness: &Witness,
        changed: &Credentials,
        cookies: [Option<Vec<u8>>; N],
    ) -> Result<Option<[bool; N]>, AccountError> {
        let (back, _) = self.stage.sign_in(changed).await?;
        if !witness.knows(self.stage.client, back.copy(witness.url())).await? {
            return Ok(None);
        }
        let mut alive = [false; N];
        for (is_alive, cookies) in alive.iter_mut().zip(cookies) {
            *is_alive = witness.knows(self.stage.client, cookies).await?;
        }
        Ok(Some(alive))
    }

    fn tell_of_change(&mut self, at: &Url, [is_mine_alive, are_others_alive]: [bool; 2]) {
        let detail = "the token from before the change is signed in";
        self.found(is_mine_alive, &rules::PASSWORD_TOKEN, at, detail, "a password change makes a new token");
        let detail = "a session elsewhere is signed in";
        self.found(
            are_others_alive,
            &rules::PASSWORD_OTHERS,
            at,
            detail,
            "a password change ends other sessions",
        );
    }

    /// As it was before, so that the audit leaves nothing changed; whether it is.
    async fn change_back(
        &self,
        witness: &Witness,
        step: &Step,
        changed: &Credentials,
    ) -> Result<bool, AccountError> {
        let (client, target, plan) = (self.stage.client, self.stage.target, self.stage.plan);
        let stage = Stage { client, target, plan, credentials: changed };
        let (mut user, _) = stage.sign_in(changed).await?;
        let form = stage.fill(&mut user, step).await?;
        user.submit(&form.from, &form.to, &form.fields).await?;
        let (user, _) = self.stage.sign_in(self.stage.credentials).await?;
        Ok(witness.knows(client, user.copy(witness.url())).await?)
    }

    async fn idle(&mut self, witness: &Witness, seconds: u64) -> Result<(), AccountError> {
        let (user, _) = self.stage.sign_in(self.stage.credentials).await?;
        let copied = user.copy(witness.url());
        (self.progress)(&format!("waiting for {seconds} seconds without a request"));
        sleep(Duration::from_secs(seconds.saturating_add(1))).await;
        let is_alive = witness.knows(self.stage.client, copied).await?;
        let detail = format!("still signed in {seconds} seconds later");
        self.found(is_alive, &rules::IDLE, witness.url(), &detail, "a session without activity ends");
        Ok(())
    }
}

/// A value of the same length and alphabet that no server has made.
fn altered(value: &[u8]) -> Vec<u8> {
    let turn = |(at, octet): (usize, &u8)| match octet {
        b'0'..=b'9' => b'0' + (octet - b'0' + 3 + u8::try_from(at % 5).unwrap_or(0)) % 10,
        b'a'..=b'f' => b'a' + (octet - b'a' + 1 + u8::try_from(at % 4).unwrap_or(0)) % 6,
        b'g'..=b'z' => b'g' + (octet - b'g' + 5) % 20,
        b'A'..=b'Z' => b'A' + (octet - b'A' + 5) % 26,
        other => *other,
    };
    value.iter().enumerate().map(turn).collect()
}
