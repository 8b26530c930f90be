// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>

namespace pilothouse::sources {

/// Sections of an INI file as AWS and DVC write them: [name], ['remote "origin"'], key = value, # and ; comments, a value in quotes
/// without them. Keys in lower case; keys before the first section stand in the section "". A line that is none of these is
/// left out. (QSettings would read commas, backslashes and % in another way.)
using IniFile = QMap<QString, QMap<QString, QString>>;
IniFile parseIni(const QByteArray &bytes);

} // namespace pilothouse::sources
