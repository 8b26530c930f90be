// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QStringList>

#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

namespace pilothouse::learn {

/// A program that is not trusted, and what it may read.
struct ConfinedProgram {
    QString program; ///< full path; the same inside
    QStringList arguments;
    QStringList folders;                                ///< readable at the same place, beside the system's programs and libraries (/usr)
    std::vector<std::pair<QString, QString>> files;     ///< file outside, path inside
    std::vector<std::pair<QByteArray, QString>> texts;  ///< bytes, path inside
    std::vector<std::pair<QString, QString>> variables; ///< its environment, beside PATH, HOME and LC_ALL
};

/// What it may use. Over the run time it is killed; over the others its own calls fail.
struct ConfinedLimits {
    double seconds = 600;                  ///< by the clock, from its start; the CPU time of all its threads: this much for each core
    qint64 memoryBytes = qint64(4) << 30;  ///< address space
    qint64 fileBytes = qint64(64) << 20;   ///< of its private /tmp, of /dev/shm, and of what is kept of its standard error
};

/// A child that may compute and nothing else, by bubblewrap (bwrap): own user, process, network, IPC and mount namespaces; it sees /usr, the
/// libraries, what is named and a /proc of its own processes, all read-only, a private /tmp, and no home; its environment is cleared; it is
/// refused the system calls of confinedFilter() and can start no second process; it ends with this thread. It is spoken to by its standard
/// input and output.
/// Blocking: call on the `waiting` pool, from one thread. A stop request kills it and gives Cancelled.
class ConfinedChild {
public:
    /// Unreachable: bubblewrap is not installed, or this processor has no filter here. What else bwrap cannot do (the system allows no user
    /// namespaces) is told by the first receive().
    static Result<std::unique_ptr<ConfinedChild>> start(const ConfinedProgram &program, const ConfinedLimits &limits, std::stop_token stop);
    ~ConfinedChild(); ///< kills it
    ConfinedChild(const ConfinedChild &) = delete;

    /// Goes out while receive() waits.
    void send(const QByteArray &bytes);
    /// Exactly so many bytes. TimedOut: the run time is over. Invalid: it ended before, with its last words. Unreachable: bwrap could not start
    /// it. Cancelled.
    Result<QByteArray> receive(qsizetype count);

private:
    struct Impl;
    explicit ConfinedChild(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// The arguments of bwrap, but for those that name an open file and those that close the rest to writing. The links /bin, /lib … are taken
/// from this system.
QStringList confinementArguments(const ConfinedProgram &program, const ConfinedLimits &limits);

} // namespace pilothouse::learn
