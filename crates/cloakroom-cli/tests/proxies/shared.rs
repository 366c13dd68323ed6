//! One world for many tests.

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Made by the first test that needs it and gone with the last of them.
pub(crate) struct Shared<T> {
    world: Mutex<Option<Arc<T>>>,
    tests_left: AtomicUsize,
}

/// The world, while a test runs.
pub(crate) struct Lent<T: 'static> {
    world: Arc<T>,
    shared: &'static Shared<T>,
}

impl<T> Shared<T> {
    /// One that so many tests will ask for. When only some of them run, it ends with the process.
    pub(crate) const fn new(tests: usize) -> Self {
        Self { world: Mutex::new(None), tests_left: AtomicUsize::new(tests) }
    }

    pub(crate) fn lend(&'static self, make: impl FnOnce() -> T) -> Lent<T> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        Lent { world: Arc::clone(world.get_or_insert_with(|| Arc::new(make()))), shared: self }
    }
}

impl<T> Deref for Lent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.world
    }
}

impl<T> Drop for Lent<T> {
    fn drop(&mut self) {
        if self.shared.tests_left.fetch_sub(1, Ordering::SeqCst) == 1 {
            let world = self.shared.world.lock().unwrap_or_else(PoisonError::into_inner).take();
            drop(world);
        }
    }
}

/// Makes every test of a list one test for each proxy, named by the proxy, with one world for all tests of a proxy.
macro_rules! on_every_proxy {
    ($world:ty, $tests:tt) => {
        on_every_proxy!(@one nginx_of_debian NginxOfDebian $world, $tests);
        on_every_proxy!(@one nginx_current NginxCurrent $world, $tests);
        on_every_proxy!(@one caddy_of_debian CaddyOfDebian $world, $tests);
        on_every_proxy!(@one caddy_current CaddyCurrent $world, $tests);
        on_every_proxy!(@one traefik Traefik $world, $tests);
        on_every_proxy!(@one haproxy HaProxy $world, $tests);
        on_every_proxy!(@one envoy Envoy $world, $tests);
    };
    (@one $name:ident $setup:ident $world:ty, [$($test:ident),+ $(,)?]) => {
        mod $name {
            use super::*;

            static WORLD: $crate::shared::Shared<$world> =
                $crate::shared::Shared::new([$(stringify!($test)),+].len());

            $(
                #[test]
                fn $test() {
                    let world = WORLD.lend(|| <$world>::start($crate::setup::Setup::$setup));
                    super::$test(&world);
                }
            )+
        }
    };
}

pub(crate) use on_every_proxy;
