// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QStringList>

#include <stop_token>
#include <utility>
#include <vector>

namespace pilothouse {

/// A foreign program that is run to its end and whose answer is read: no shell, arguments as they are.
struct ProgramCall {
    QString program;  ///< full path
    QStringList arguments;
    std::vector<std::pair<QString, QString>> environment; ///< set beside what is inherited; our own PILOTHOUSE_SECRET… are taken out
    QString workingDirectory; ///< empty: inherited
    int limitMs = 60000;
    bool terminal = false; ///< it may ask the person: standard input and error are the terminal's, and `error` stays empty
    qint64 maxBytes = 4 << 20; ///< of each stream; a program that says more is ended
};

struct ProgramAnswer {
    int code = 0; ///< exit code; 128 + signal if one ended it
    QByteArray out;
    QString error; ///< standard error, trimmed
};

/// Blocking: call on the `waiting` pool. The program gets a session of its own, which is ended as a whole at the limit and on a stop request.
/// Errors: NotFound (no such program), Denied (it may not be run), TimedOut (with what it said so far as raw), Invalid (too much output), Cancelled.
Result<ProgramAnswer> runProgram(const ProgramCall &call, std::stop_token token = {});

/// The full path of a program: by PATH of this process, then by that of the person's login shell, which a desktop does not hand to what it starts. A name
/// with a "/" is left as it is. NotFound.
Result<QString> findProgram(const QString &name);
/// PATH as a login shell of this person has it, joined with ours; asked for once a process. Blocking, up to 5 s the first time.
QString loginPath();

} // namespace pilothouse
