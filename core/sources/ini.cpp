// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/ini.h"

namespace pilothouse::sources {

namespace {

QString unquoted(const QString &text) {
    const bool quoted = text.size() > 1 && text.front() == text.back() && (text.front() == QLatin1Char('\'') || text.front() == QLatin1Char('"'));
    return quoted ? text.mid(1, text.size() - 2) : text;
}

} // namespace

IniFile parseIni(const QByteArray &bytes) {
    IniFile all;
    QString section;
    for (const QString &raw : QString::fromUtf8(bytes).split(QLatin1Char('\n'))) {
        const QString line = raw.trimmed();
        if (line.isEmpty() || line.startsWith(QLatin1Char('#')) || line.startsWith(QLatin1Char(';')))
            continue;
        if (line.startsWith(QLatin1Char('[')) && line.endsWith(QLatin1Char(']'))) {
            section = unquoted(line.mid(1, line.size() - 2).trimmed());
            continue;
        }
        if (const qsizetype at = line.indexOf(QLatin1Char('=')); at > 0)
            all[section].insert(line.left(at).trimmed().toLower(), unquoted(line.mid(at + 1).trimmed()));
    }
    return all;
}

} // namespace pilothouse::sources
