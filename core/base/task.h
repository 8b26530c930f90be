// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>
#include <QThreadPool>
#include <QtConcurrent/QtConcurrentRun>

#include <functional>
#include <stop_token>

namespace pilothouse {

/// Work on a pool: its future result and the way to stop it. The object that starts a task owns it and stops it.
template<class T>
struct Task {
    QFuture<Result<T>> future;
    std::stop_source stop{std::nostopstate};
    bool isRunning() const { return future.isValid() && !future.isFinished(); }
};

/// Starts `body(std::stop_token) -> Result<T>` on a pool. The body captures values only, never `this`, never a widget.
/// An exception becomes an Internal error.
template<class T, class Body>
Task<T> startTask(QThreadPool &pool, Body body) {
    Task<T> task;
    task.stop = std::stop_source();
    task.future = QtConcurrent::run(&pool, [token = task.stop.get_token(), body = std::move(body)]() -> Result<T> {
        try {
            return body(token);
        } catch (const std::exception &e) {
            return internalError(e);
        }
    });
    return task;
}

/// Calls `fn(Result<T>)` once in the receiver's thread, or never if the receiver died. Call in the receiver's thread.
template<class T, class Fn>
void deliver(const Task<T> &task, QObject *receiver, Fn fn) {
    auto *watcher = new QFutureWatcher<Result<T>>(receiver);
    QObject::connect(watcher, &QFutureWatcherBase::finished, receiver, [watcher, fn = std::move(fn)] {
        watcher->deleteLater();
        fn(watcher->future().resultCount() ? watcher->result() : Result<T>(cancelled()));
    });
    watcher->setFuture(task.future);
}

/// The two pools of a program (EXAMPLES §4): waiting calls must not starve computing ones.
struct Pools {
    QThreadPool waiting; ///< up to 32 threads: network, files, child processes
    QThreadPool compute; ///< cores − 1 in the console, cores in `pilot`
    explicit Pools(int computeThreads);
};

/// Runs `body(first, last)` over [0, count) in chunks of at least `grain`, the caller taking part; returns when all is
/// done. Chunks are handed out in order, results must not depend on who runs them. `threads` 0: one per core.
void parallelFor(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)> &body, int threads = 0);

} // namespace pilothouse
