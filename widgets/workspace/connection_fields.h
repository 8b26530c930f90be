// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace pilothouse::ui {

/// A key of a connection's kind, as the form asks for it.
struct ConnectionKey {
    QString key, label, help;
    QStringList choices; ///< the first is the usual one; empty: any text
};

/// The keys of a kind beside address, user and secret, those first that are needed mostly. Each key that the workspace knows of the kind stands here
/// (tests/console/tst_connection_fields.cpp compares them with workspace::connectionKeys()). Pure.
std::vector<ConnectionKey> connectionKeysOf(const QString &kind);

/// What belongs into the three fields that nearly every kind has; an empty label: the kind has no such field.
struct ConnectionBasics {
    QString whereLabel, whereHelp, userLabel, userHelp, secretLabel;
    bool needsWhere = true;
};
ConnectionBasics connectionBasicsOf(const QString &kind);

} // namespace pilothouse::ui
