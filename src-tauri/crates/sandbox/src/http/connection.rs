//! One connection of a client: its number and what a service wants to remember as long as it lasts.
//! Deliberately not here: the socket itself.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

/// The number of a connection, counted from the start of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

impl fmt::Display for ConnectionId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "connection {}", self.0)
    }
}

/// A connection as a service sees it. What is remembered here goes with the connection.
pub struct Connection {
    id: ConnectionId,
    memory: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Connection {
    /// A fresh connection that remembers nothing.
    pub fn new(id: ConnectionId) -> Self {
        Self {
            id,
            memory: Mutex::default(),
        }
    }

    /// Its number.
    pub fn id(&self) -> ConnectionId {
        self.id
    }

    /// The one `T` of this connection, made with its default at the first call.
    pub fn memory<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut memory = self.memory.lock().expect("nobody panics while holding it");
        let slot = memory
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(T::default()));
        Arc::clone(slot).downcast().expect("the key is the type")
    }
}
