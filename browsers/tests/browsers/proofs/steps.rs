//! What people do in several proofs.

use crate::sites::{BANK, Sites};
use cloakroom_browsers::Tab;

/// Signs in by the form, and arrives at the account.
pub(super) fn sign_in(tab: &Tab<'_>, sites: &Sites, user: &str) {
    tab.open(&sites.url(BANK, "/sign-in"));
    post(tab, "/sign-in", &[("user", user)]);
    tab.wait_for(BANK, "/account");
}

/// Signs out by the button of the account.
pub(super) fn sign_out(tab: &Tab<'_>) {
    tab.run("document.getElementById('sign-out').submit()");
    tab.wait_for(BANK, "/goodbye");
}

/// Whom the bank takes the visitor for.
pub(super) fn who(tab: &Tab<'_>, sites: &Sites) -> String {
    tab.open(&sites.url(BANK, "/me"));
    tab.text().trim().to_owned()
}

/// Posts a form from the page that the tab shows, which leads to the answer.
pub(super) fn post(tab: &Tab<'_>, address: &str, fields: &[(&str, &str)]) {
    let inputs: Vec<String> =
        fields.iter().map(|(name, value)| format!("<input name={name} value={value}>")).collect();
    let inputs = inputs.concat();
    tab.run(&format!(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '{address}';
         form.innerHTML = '{inputs}'; document.body.append(form); form.submit()"
    ));
}
