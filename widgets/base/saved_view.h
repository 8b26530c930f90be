// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace pilothouse::ui {

/// What a person set a table up for, under a name: kept with the preferences.
struct SavedView {
    QString name, filter;
    QStringList columns; ///< by their names, in order; empty: as the table chooses
    QString sort;        ///< a column's name; empty: as they come
    bool descending = false;
    bool operator==(const SavedView &) const = default;
};

} // namespace pilothouse::ui
