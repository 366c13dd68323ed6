//! Every vector of `data` gets the verdict and the payload that its own system gave it.

mod better_auth;
mod django;
mod express;
mod flask;
mod gorilla;
mod hostile;
mod iron_session;
mod keys;
mod laravel;
mod moving;
mod plug;
mod rack;
mod rails;
mod ruby;
mod vector;
