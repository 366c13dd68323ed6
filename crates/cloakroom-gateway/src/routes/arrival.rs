//! What is noted down of every request before anything else.

use axum::extract::Request;
use cloakroom::ClientAddress;

use crate::events;
use crate::peer::Peer;
use crate::routes::gateway::Gateway;
use crate::web::RequestId;

/// Numbers a request and finds out where it comes from: for its handler, and for the events that it causes.
pub(crate) fn arrive(gateway: &Gateway, request: &mut Request) -> RequestId {
    let request_id = gateway.requests.next();
    if let Some(Peer(peer)) = request.extensions().get::<Peer>().copied() {
        let client = gateway.trusted_proxies.client_address(peer.ip(), request.headers());
        events::sent_from(client);
        request.extensions_mut().insert(ClientAddress(client));
    }
    events::requested_as(&request_id);
    request.extensions_mut().insert(request_id.clone());
    request_id
}
