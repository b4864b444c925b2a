// SPDX-License-Identifier: MIT
//! The Rust objects that the bench measures, with a C interface: parking_lot's
//! and the standard library's locks, crossbeam's and the standard library's
//! channels.  `new` returns a pointer for `delete`; unless stated otherwise,
//! any thread may use it in between.  Each object starts on its own cache line.
//! peer_rust.c declares the functions that it calls.

#![allow(clippy::missing_safety_doc)]

use std::cell::UnsafeCell;
use std::sync::mpsc;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Wide {
    word: [u64; 8],
}

macro_rules! object {
    ($type:ty, $make:expr, $new:ident, $delete:ident) => {
        #[no_mangle]
        pub extern "C" fn $new() -> *mut $type {
            Box::into_raw(Box::new($make))
        }
        #[no_mangle]
        pub unsafe extern "C" fn $delete(p: *mut $type) {
            drop(Box::from_raw(p));
        }
    };
}

// parking_lot

#[repr(align(128))]
pub struct PlMutex(parking_lot::Mutex<()>);
object!(
    PlMutex,
    PlMutex(parking_lot::Mutex::new(())),
    pl_mutex_new,
    pl_mutex_delete
);

#[no_mangle]
pub unsafe extern "C" fn pl_mutex_lock(m: *const PlMutex) {
    std::mem::forget((*m).0.lock());
}

#[no_mangle]
pub unsafe extern "C" fn pl_mutex_trylock(m: *const PlMutex) -> bool {
    match (*m).0.try_lock() {
        Some(guard) => {
            std::mem::forget(guard);
            true
        }
        None => false,
    }
}

/// By the thread that holds it.
#[no_mangle]
pub unsafe extern "C" fn pl_mutex_unlock(m: *const PlMutex) {
    (*m).0.force_unlock();
}

#[repr(align(128))]
pub struct PlRmutex(parking_lot::ReentrantMutex<()>);
object!(
    PlRmutex,
    PlRmutex(parking_lot::ReentrantMutex::new(())),
    pl_rmutex_new,
    pl_rmutex_delete
);

#[no_mangle]
pub unsafe extern "C" fn pl_rmutex_lock(m: *const PlRmutex) {
    std::mem::forget((*m).0.lock());
}

/// By the thread that holds it.
#[no_mangle]
pub unsafe extern "C" fn pl_rmutex_unlock(m: *const PlRmutex) {
    (*m).0.force_unlock();
}

#[repr(align(128))]
pub struct PlEvent {
    set: parking_lot::Mutex<bool>,
    is_set: parking_lot::Condvar,
}
object!(
    PlEvent,
    PlEvent {
        set: parking_lot::Mutex::new(false),
        is_set: parking_lot::Condvar::new(),
    },
    pl_event_new,
    pl_event_delete
);

#[no_mangle]
pub unsafe extern "C" fn pl_event_set(e: *const PlEvent) {
    let mut set = (*e).set.lock();
    *set = true;
    (*e).is_set.notify_all();
}

#[no_mangle]
pub unsafe extern "C" fn pl_event_wait(e: *const PlEvent) {
    let mut set = (*e).set.lock();
    while !*set {
        (*e).is_set.wait(&mut set);
    }
}

// The standard library

/// The guard is stored beside the mutex while it is held; the mutex guards it.
#[repr(align(128))]
pub struct StdMutex {
    mutex: std::sync::Mutex<()>,
    guard: UnsafeCell<Option<std::sync::MutexGuard<'static, ()>>>,
}
object!(
    StdMutex,
    StdMutex {
        mutex: std::sync::Mutex::new(()),
        guard: UnsafeCell::new(None),
    },
    std_mutex_new,
    std_mutex_delete
);

#[no_mangle]
pub unsafe extern "C" fn std_mutex_lock(m: *const StdMutex) {
    let m: &'static StdMutex = &*m;
    let guard = m.mutex.lock().unwrap();
    m.guard.get().write(Some(guard));
}

#[no_mangle]
pub unsafe extern "C" fn std_mutex_trylock(m: *const StdMutex) -> bool {
    let m: &'static StdMutex = &*m;
    match m.mutex.try_lock() {
        Ok(guard) => {
            m.guard.get().write(Some(guard));
            true
        }
        Err(_) => false,
    }
}

/// By the thread that holds it.
#[no_mangle]
pub unsafe extern "C" fn std_mutex_unlock(m: *const StdMutex) {
    drop((*(*m).guard.get()).take());
}

#[repr(align(128))]
pub struct StdEvent {
    set: std::sync::Mutex<bool>,
    is_set: std::sync::Condvar,
}
object!(
    StdEvent,
    StdEvent {
        set: std::sync::Mutex::new(false),
        is_set: std::sync::Condvar::new(),
    },
    std_event_new,
    std_event_delete
);

#[no_mangle]
pub unsafe extern "C" fn std_event_set(e: *const StdEvent) {
    let mut set = (*e).set.lock().unwrap();
    *set = true;
    (*e).is_set.notify_all();
}

#[no_mangle]
pub unsafe extern "C" fn std_event_wait(e: *const StdEvent) {
    let mut set = (*e).set.lock().unwrap();
    while !*set {
        set = (*e).is_set.wait(set).unwrap();
    }
}

// Channels: both ends together.  Only one thread may get from a std channel.

macro_rules! channel {
    ($name:ident, $element:ty, $sender:ty, $receiver:ty, $make:expr,
     $new:ident, $delete:ident, $put:ident, $get:ident) => {
        #[repr(align(128))]
        pub struct $name {
            sender: $sender,
            receiver: $receiver,
        }
        #[no_mangle]
        pub extern "C" fn $new(capacity: usize) -> *mut $name {
            let (sender, receiver) = $make(capacity);
            Box::into_raw(Box::new($name { sender, receiver }))
        }
        #[no_mangle]
        pub unsafe extern "C" fn $delete(q: *mut $name) {
            drop(Box::from_raw(q));
        }
        #[no_mangle]
        pub unsafe extern "C" fn $put(q: *const $name, e: *const $element) {
            (*q).sender.send(*e).unwrap();
        }
        #[no_mangle]
        pub unsafe extern "C" fn $get(q: *const $name, e: *mut $element) {
            *e = (*q).receiver.recv().unwrap();
        }
    };
}

channel!(
    CbFifo,
    u64,
    crossbeam_channel::Sender<u64>,
    crossbeam_channel::Receiver<u64>,
    crossbeam_channel::bounded,
    cb_fifo_new,
    cb_fifo_delete,
    cb_fifo_put,
    cb_fifo_get
);
channel!(
    CbFifo64,
    Wide,
    crossbeam_channel::Sender<Wide>,
    crossbeam_channel::Receiver<Wide>,
    crossbeam_channel::bounded,
    cb_fifo64_new,
    cb_fifo64_delete,
    cb_fifo64_put,
    cb_fifo64_get
);
channel!(
    StdFifo,
    u64,
    mpsc::SyncSender<u64>,
    mpsc::Receiver<u64>,
    mpsc::sync_channel,
    std_fifo_new,
    std_fifo_delete,
    std_fifo_put,
    std_fifo_get
);
channel!(
    StdFifo64,
    Wide,
    mpsc::SyncSender<Wide>,
    mpsc::Receiver<Wide>,
    mpsc::sync_channel,
    std_fifo64_new,
    std_fifo64_delete,
    std_fifo64_put,
    std_fifo64_get
);
