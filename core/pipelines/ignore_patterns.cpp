// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/ignore_patterns.h"

namespace pilothouse::pipelines {

namespace {

QString expression(const QString &glob) {
    QString out;
    for (qsizetype i = 0; i < glob.size(); ++i) {
        const QChar c = glob[i];
        const bool begins = i == 0 || glob[i - 1] == QLatin1Char('/');
        if (c == QLatin1Char('*') && begins && glob.mid(i, 3) == QLatin1String("**/")) {
            out += QLatin1String("(?:.*/)?");
            i += 2;
        } else if (c == QLatin1Char('*') && begins && glob.mid(i) == QLatin1String("**")) {
            out += QLatin1String(".*");
            ++i;
        } else if (c == QLatin1Char('*')) {
            out += QLatin1String("[^/]*");
        } else if (c == QLatin1Char('?')) {
            out += QLatin1String("[^/]");
        } else if (const qsizetype end = c == QLatin1Char('[') ? glob.indexOf(QLatin1Char(']'), i + 2) : -1; end > 0) {
            QString inner = glob.mid(i + 1, end - i - 1);
            if (inner.startsWith(QLatin1Char('!')))
                inner[0] = QLatin1Char('^');
            out += QLatin1Char('[') + inner.replace(QLatin1String("\\"), QLatin1String("\\\\")).replace(QLatin1String("["), QLatin1String("\\[")) + QLatin1Char(']');
            i = end;
        } else {
            const bool escaped = c == QLatin1Char('\\') && i + 1 < glob.size();
            out += QRegularExpression::escape(QString(glob[escaped ? ++i : i]));
        }
    }
    return out;
}

} // namespace

IgnorePatterns::IgnorePatterns(const QByteArray &text) {
    for (QString line : QString::fromUtf8(text).split(QLatin1Char('\n'))) {
        while (line.endsWith(QLatin1Char('\r')) || (line.endsWith(QLatin1Char(' ')) && !line.endsWith(QLatin1String("\\ "))))
            line.chop(1);
        if (line.isEmpty() || line.startsWith(QLatin1Char('#')))
            continue;
        Pattern pattern;
        pattern.back = line.startsWith(QLatin1Char('!'));
        if (pattern.back)
            line.remove(0, 1);
        pattern.folder = line.endsWith(QLatin1Char('/'));
        if (pattern.folder)
            line.chop(1);
        const bool here = line.contains(QLatin1Char('/')); // from this folder on; else in any below it, too
        if (line.startsWith(QLatin1Char('/')))
            line.remove(0, 1);
        if (line.isEmpty())
            continue;
        pattern.form.setPattern(QStringLiteral("\\A%1%2\\z").arg(here ? QString() : QStringLiteral("(?:.*/)?"), expression(line)));
        if (pattern.form.isValid())
            m_patterns.push_back(std::move(pattern));
    }
}

bool IgnorePatterns::fits(const QString &path, bool folder) const {
    for (auto pattern = m_patterns.rbegin(); pattern != m_patterns.rend(); ++pattern)
        if ((folder || !pattern->folder) && pattern->form.match(path).hasMatch())
            return !pattern->back;
    return false;
}

bool IgnorePatterns::ignores(const QString &path) const {
    for (qsizetype slash = path.indexOf(QLatin1Char('/')); slash > 0; slash = path.indexOf(QLatin1Char('/'), slash + 1))
        if (fits(path.left(slash), true))
            return true;
    return fits(path, false);
}

} // namespace pilothouse::pipelines
