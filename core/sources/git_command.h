// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace pilothouse::sources {

/// What `git` said. `code` is its exit code; 128 if it was killed.
struct GitAnswer {
    int code = 0;
    QByteArray out;
    QString error;
};

/// Runs `git -C folder …` to its end; it asks nothing and fetches nothing. Unreachable: git is not installed. TimedOut after a minute.
Result<GitAnswer> runGit(const QString &folder, const QStringList &arguments);

} // namespace pilothouse::sources
