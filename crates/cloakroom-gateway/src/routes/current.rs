//! What answers the next request, replaced as a whole when the configuration is reloaded.

use std::sync::{Arc, PoisonError, RwLock};

use crate::routes::Routes;

/// The routes of now. Cheap to clone; all clones see a replacement.
#[derive(Clone, Debug)]
pub(crate) struct Current(Arc<RwLock<Routes>>);

impl Current {
    pub(crate) fn new(routes: Routes) -> Self {
        Self(Arc::new(RwLock::new(routes)))
    }

    /// The routes for one request, which keeps them to its end. Held for as long as a pointer takes to copy.
    pub(crate) fn get(&self) -> Routes {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From the next request on, these.
    pub(crate) fn replace(&self, routes: Routes) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = routes;
    }
}
