// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <QJsonArray>
#include <QStringList>

#include <optional>

namespace pilothouse::estate {

/// What stood at the braces of "/repos/{}/{}/actions/runs/{}", decoded; "{*}" at the end takes all that is left. Nothing: another path.
std::optional<QStringList> matched(const QString &path, const char *pattern);

/// "2026-11-23T02:47:55Z", as GitHub and Kubeflow write times; null: none.
QJsonValue instant(const QDateTime &time);

/// A name of a commit, a job, a run: hex digits that follow from `of`, the same in each start of the estate.
QString hexName(const QString &of, int digits);
/// "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" that follows from `of`.
QString uuidName(const QString &of);

/// An archive with the files as they are (method 0, stored).
QByteArray zipOf(const std::vector<std::pair<QString, QByteArray>> &files);

/// The file part of a multipart/form-data body; nothing: there is none.
std::optional<QByteArray> uploadedFile(const Call &call);

} // namespace pilothouse::estate
