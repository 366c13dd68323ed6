//! The list of attacks, and what is told of each.

use std::io;

use crate::demo::attacks::{Outcome, Stage, pages, sites, tokens};

/// Something that a visitor can try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Attack {
    Replay,
    Fixation,
    Theft,
    Tampering,
    Tossing,
    Forgery,
    Pretence,
    Framing,
}

/// What is told of an attack.
pub(in crate::demo) struct Told {
    /// In the address of its page.
    pub(in crate::demo) slug: &'static str,
    pub(in crate::demo) title: &'static str,
    /// What the attacker wants, and how.
    pub(in crate::demo) idea: &'static str,
    /// Where it works.
    pub(in crate::demo) elsewhere: &'static str,
    /// What stops it here.
    pub(in crate::demo) defence: &'static str,
    /// A page of the other site that does it in the visitor's own browser, and what is seen there.
    pub(in crate::demo) live: Option<(&'static str, &'static str)>,
}

impl Attack {
    /// Every attack, in the order in which they are shown.
    pub(in crate::demo) const ALL: [Self; 8] = [
        Self::Replay,
        Self::Fixation,
        Self::Theft,
        Self::Tampering,
        Self::Tossing,
        Self::Forgery,
        Self::Pretence,
        Self::Framing,
    ];

    /// The attack whose page has this address.
    pub(in crate::demo) fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attack| attack.told().slug == slug)
    }

    /// Carries it out, with sessions that end with it.
    pub(in crate::demo) async fn carry_out(self, stage: &Stage) -> io::Result<Outcome> {
        let _turn = stage.turn().await;
        match self {
            Self::Replay => tokens::replay(stage).await,
            Self::Fixation => tokens::fixation(stage).await,
            Self::Theft => tokens::theft(stage).await,
            Self::Tampering => tokens::tampering(stage).await,
            Self::Tossing => tokens::tossing(stage).await,
            Self::Forgery => sites::forgery(stage).await,
            Self::Pretence => pages::pretence(stage).await,
            Self::Framing => pages::framing(stage).await,
        }
    }

    pub(in crate::demo) const fn told(self) -> Told {
        match self {
            Self::Replay => Told {
                slug: "replay",
                title: "Replay a token after its user has signed out",
                idea: "Somebody copied Alice's session cookie: from a log, a backup, a shared computer. She signs out. The copy is sent all the same.",
                elsewhere: "It works wherever signing out only removes the cookie from the browser, as with most JWTs and signed cookies: the token itself \
                            stays good until it expires.",
                defence: "The token names a row in the database, and signing out deletes the row before it answers. Nothing but a sign-in ever makes a row, so \
                          no request that was under way can bring it back.",
                live: None,
            },
            Self::Fixation => Told {
                slug: "fixation",
                title: "Plant a token before somebody signs in",
                idea: "Mallory does not steal a token but gives one away: he plants a token that he knows in Alice's browser, and waits until she has signed in \
                       with it.",
                elsewhere: "It works wherever a sign-in raises the rights of the session that is already there, instead of making another.",
                defence: "Signing in makes a new session with a new token, and ends the one that was there. The library has no way to do one without \
                          the other. And the cookie's prefix, __Host-Http-, makes browsers refuse one that a script or a sibling sub-domain wants to plant.",
                live: None,
            },
            Self::Theft => Told {
                slug: "theft",
                title: "Use a stolen token from another machine",
                idea: "Malware on Alice's laptop has read the cookie out of her browser while she is signed in. Mallory sends it with a program of his own.",
                elsewhere: "It works nearly everywhere: whoever holds the cookie is the user, from any machine, until it expires.",
                defence: "This gateway is told to bind sessions to the browser (bind = [\"agent=end\"] in its configuration). A token that another \
                          program presents ends the session, and the event log says so. Alice has to sign in again, and Mallory has nothing. A thief who \
                          imitates her browser gets past this one, which is why tokens are also renewed, and a copy of an old one is a sign of theft.",
                live: None,
            },
            Self::Tampering => Told {
                slug: "tampering",
                title: "Change a token, or guess one",
                idea: "Mallory takes a token apart: perhaps a letter of it can be changed so that it names another session, or a check can be left out.",
                elsewhere: "It works where a token is a number that counts up, or says who somebody is and is badly signed (alg: none).",
                defence: "A token is a public ID and a secret of 256 random bits. The database holds the SHA-256 of the secret alone, and compares in \
                          constant time. There is nothing to calculate, and a wrong guess at a known ID changes nothing for its owner.",
                live: None,
            },
            Self::Tossing => Told {
                slug: "tossing",
                title: "Toss a second cookie of the same name",
                idea: "A browser may hold two cookies of one name, and a request does not say which was set by whom. Mallory adds one of his own in front of Alice's, so that \
                       what she types ends up in his account.",
                elsewhere: "It works wherever the first, or the last, cookie of a name simply wins; and where names are compared loosely.",
                defence: "Two different live tokens in one request are refused, whoever comes first. Names are compared octet for octet, so that one in other \
                          letters is somebody else's cookie.",
                live: None,
            },
            Self::Forgery => Told {
                slug: "forgery",
                title: "Post a form from another site",
                idea: "Alice is signed in here and visits Mallory's site in another tab. His page posts a form to this one, and her browser may send her cookie \
                       along: to end her sessions, to write in her name, or to sign her in as Mallory without her noticing.",
                elsewhere: "It works wherever a cookie alone proves what somebody wanted. SameSite is some help; not against siblings, and not for the sign-in form.",
                defence: "The cookie says SameSite=Lax. The gateway refuses every form that another site has caused, by what the browser says about it \
                          (Sec-Fetch-Site, Origin), before it looks at the cookie; its own forms carry a token besides. The application behind it is kept from such \
                          requests too, by cross_site = \"refuse\".",
                live: Some((
                    "/prize",
                    "A page of another site, as far as your browser is concerned. Sign in as Alice first, then press its buttons: you are refused, or led to the sign-in \
                     since the cookie has not come along, and nothing has happened to her sessions or notes.",
                )),
            },
            Self::Pretence => Told {
                slug: "pretence",
                title: "Say that one is somebody else",
                idea: "An application behind a gateway believes the fields that the gateway adds, such as Remote-User. Mallory sends them himself.",
                elsewhere: "It works wherever a proxy adds fields and forgets to remove those that came; or removes Remote-User and not Remote_User, which many \
                            applications cannot tell apart.",
                defence: "Every field by which one could pretend to be a proxy is removed first, in any spelling, and then the whole set is written, empty where \
                          nothing is known. The application has to be reachable through the gateway alone: whoever can talk to it directly can say anything.",
                live: None,
            },
            Self::Framing => Told {
                slug: "framing",
                title: "Put the account page into an invisible frame",
                idea: "Mallory's page lays Alice's account page over a game, invisibly. She believes that she catches a butterfly, and presses \"End session\".",
                elsewhere: "It works wherever a page does not say who may frame it.",
                defence: "Every page says frame-ancestors 'none', and X-Frame-Options: DENY for old browsers. A frame's request would come without the cookie \
                          besides, since that says SameSite=Lax.",
                live: Some((
                    "/game",
                    "A page of another site that frames the account page, visibly for once. Your browser shows an empty frame instead.",
                )),
            },
        }
    }
}
