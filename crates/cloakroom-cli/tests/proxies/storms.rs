//! What happens to everybody when something behind the proxy fails.

use std::thread;

use crate::http::{Answer, Request};
use crate::setup::Setup;
use crate::town::Town;

/// The store dies and comes back with all that it had acknowledged.
pub(crate) fn a_dead_store_is_a_503_and_the_cookie_lives_on(town: &Town) {
    let cookies = signed_in_cookies(town);
    town.storm(|back| {
        back.redis.kill();
        let page = ask(town, &Request::get("/a").page(), &cookies);
        assert_eq!(page.status, 503, "{page:?}");
        assert_eq!((page.one("set-cookie"), page.one("location")), (None, None));
        let script = ask(town, &Request::get("/a").fetch(), &cookies);
        assert_eq!((script.status, script.one("set-cookie")), (503, None));
        let open = ask(town, &Request::get("/static/a").fetch(), "");
        assert_eq!(open.status, 200, "nobody has to be known behind an open door");
        back.redis.start_again().unwrap();
        await_passing(town, &cookies);
    });
}

/// Nobody answers the proxy's question, and then somebody does again.
pub(crate) fn a_gateway_that_is_gone_lets_nobody_in(town: &Town) {
    let cookies = signed_in_cookies(town);
    town.storm(|back| {
        back.gateway.kill();
        let status = match town.proxy.setup {
            Setup::CaddyOfDebian | Setup::CaddyCurrent => 502,
            Setup::Traefik => 500,
            _ => 503,
        };
        // Both at once, since HAProxy 2.6 takes three seconds to believe it.
        let requests = ["/a", "/static/a"].map(|target| Request::get(target).page());
        let answers = thread::scope(|scope| {
            let asking = requests.each_ref().map(|request| scope.spawn(|| ask(town, request, &cookies)));
            asking.map(|answer| answer.join().unwrap())
        });
        for (request, answer) in requests.iter().zip(answers) {
            assert_eq!((answer.status, answer.one("set-cookie")), (status, None), "{answer:?}");
            assert_eq!(town.application.asked(request.mark()).len(), 0);
        }
        back.gateway.start_again();
        await_passing(town, &cookies);
    });
}

/// The gateway's connections come back one by one, and `HAProxy` looks twice a second.
fn await_passing(town: &Town, cookies: &str) {
    const TRIES: usize = 50_000;
    assert!((0..TRIES).any(|_| ask(town, &Request::get("/a").fetch(), cookies).status == 200));
}

fn signed_in_cookies(town: &Town) -> String {
    let _calm = town.calm();
    town.resident()
}

fn ask(town: &Town, request: &Request, cookies: &str) -> Answer {
    town.send(&request.clone().field("Cookie", cookies))
}
