//! Keeps a client that wants one connection from opening a second one while the first is just coming back: the pool asks for a new
//! one at once and takes whichever is there first. A connection that is really needed opens a moment later. How many are kept is
//! the pool's affair.

use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tower_layer::Layer;
use tower_service::Service;

/// Long enough for a task of ours to run, too short for anybody to notice.
const MOMENT: Duration = Duration::from_millis(50);

/// Opens the first connection at once and every further one after a moment.
#[derive(Debug, Clone, Default)]
pub struct Patience {
    opened: Arc<AtomicBool>,
}

/// A connector with patience.
#[derive(Debug, Clone)]
pub struct Patient<S> {
    opened: Arc<AtomicBool>,
    inner: S,
}

impl<S> Layer<S> for Patience {
    type Service = Patient<S>;

    fn layer(&self, inner: S) -> Patient<S> {
        let opened = self.opened.clone();
        Patient { opened, inner }
    }
}

impl<S, R> Service<R> for Patient<S>
where
    S: Service<R> + Clone + Send + 'static,
    S::Future: Send,
    R: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let next = self.inner.clone();
        // The one that said it is ready is the one to be called.
        let mut ready = mem::replace(&mut self.inner, next);
        let is_first = !self.opened.swap(true, Ordering::Relaxed);
        Box::pin(async move {
            if !is_first {
                tokio::time::sleep(MOMENT).await;
            }
            ready.call(target).await
        })
    }
}
