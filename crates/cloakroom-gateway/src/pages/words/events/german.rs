//! German.

use super::EventWords;
use crate::events::EventKind;

/// What happened, in German.
pub(in crate::pages::words) const GERMAN: EventWords = EventWords { kind, reason };

const fn kind(kind: EventKind) -> &'static str {
    use EventKind as K;
    match kind {
        K::SignedIn => "Angemeldet",
        K::SignInFailed => "Anmeldung gescheitert",
        K::Throttled => "Anmeldung nach zu vielen Versuchen aufgehalten",
        K::SignedOut => "Abgemeldet",
        K::SessionEnded => "Sitzung beendet",
        K::HandedOver => "Anwendung geöffnet",
        K::Reauthenticated => "Erneut ausgewiesen",
        K::ReauthenticationFailed => "Erneutes Ausweisen gescheitert",
        K::Remembered => "Browser gemerkt",
        K::Restored => "Gemerkter Browser kam wieder",
        K::PrivilegesChanged => "Rechte einer Sitzung geändert",
        K::UserAdded => "Konto angelegt",
        K::UserImported => "Konto aus einem anderen System übernommen",
        K::UserEdited => "Angaben geändert",
        K::GroupsChanged => "Gruppen geändert",
        K::UserDisabled => "Konto gesperrt",
        K::UserEnabled => "Konto wieder freigegeben",
        K::RoleChanged => "Rolle geändert",
        K::ResetLinkIssued => "Link für ein neues Passwort ausgegeben",
        K::PasswordChanged => "Passwort geändert",
        K::UserRevoked => "Alle Sitzungen des Kontos beendet",
        K::EveryoneRevoked => "Alle Sitzungen aller beendet",
        K::SessionsEnded => "Alle solchen Sitzungen beendet",
        K::ProviderLinked => "Mit einem Anbieter verknüpft",
        K::ProviderUnlinked => "Verknüpfung mit einem Anbieter entfernt",
        K::ProviderSignedOut => "Von einem Anbieter abgemeldet",
        K::ProviderSignOutRefused => "Abmeldung durch einen Anbieter abgelehnt",
        K::SetUp => "Erste Verwalterin oder erster Verwalter eingerichtet",
        K::SetUpLinkIssued => "Link zum Einrichten ausgegeben",
        K::ApiKeyCreated => "API-Schlüssel angelegt",
        K::ApiKeyRevoked => "API-Schlüssel widerrufen",
        K::ApiKeyFirstUsed => "API-Schlüssel zum ersten Mal benutzt",
        K::ApiKeyRefused => "API-Schlüssel abgelehnt",
        K::KeysRotated => "Signaturschlüssel gewechselt",
        K::TokenReused => "Altes Token benutzt, ein Zeichen für Diebstahl",
        K::TokensAmbiguous => "Zwei Token in einer Anfrage",
        K::SessionMoved => "Sitzung umgezogen",
        K::SessionUnreadable => "Sitzung war nicht zu lesen",
        K::CrossOriginRefused => "Anfrage einer anderen Seite abgelehnt",
        K::UntrustedProxy => "Unbekannter Proxy abgelehnt",
        K::BadQuestion => "Frage eines Proxys abgelehnt",
        K::ReturnRefused => "Weg zu einer fremden Adresse abgelehnt",
        K::GatewayStarted => "Gateway gestartet",
        K::GatewayEnded => "Gateway beendet",
        K::EventsLost => "Ereignisse verloren",
    }
}

fn reason(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "wrong_password" => "falsches Passwort",
        "unknown_name" => "unbekannter Name",
        "disabled" => "Konto gesperrt",
        "idle" => "zu lange nicht benutzt",
        "absolute" => "so lange, wie eine Sitzung dauern darf",
        "revoked" => "von Hand beendet",
        "signed_out_others" => "mit allen anderen Sitzungen",
        "subject_revoked" => "mit allen Sitzungen des Kontos",
        "reused" => "ein altes Token wurde benutzt",
        "moved" => "sie war umgezogen",
        "evicted" => "es waren zu viele Sitzungen",
        "changed" => "von der Inhaberin oder dem Inhaber",
        "reset" => "neu gesetzt",
        "link" => "mit einem Einmallink",
        "vouched_for" => "auf das Wort eines Anbieters",
        "repeated" => "viele weitere dieser Art",
        "no_account" => "niemand hat dafür ein Konto",
        "refused_by_provider" => "vom Anbieter abgelehnt",
        "not_linked" => "mit keinem Konto verknüpft",
        "somebody_else" => "Identität von jemand anderem",
        _ => return None,
    })
}
