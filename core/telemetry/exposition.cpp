// SPDX-License-Identifier: GPL-3.0-or-later
// prometheus.io/docs/instrumenting/exposition_formats, "Text-based format".
#include "core/telemetry/exposition.h"

#include "core/telemetry/prometheus.h"

#include <QMap>
#include <QRegularExpression>

#include <cmath>

namespace pilothouse::telemetry {

namespace {

QByteArray escaped(const QString &text, bool quoted) {
    QByteArray out = text.toUtf8();
    out.replace('\\', "\\\\").replace('\n', "\\n");
    return quoted ? out.replace('"', "\\\"") : out;
}

QByteArray number(double value) { return std::isnan(value) ? "NaN" : std::isinf(value) ? (value > 0 ? "+Inf" : "-Inf") : QByteArray::number(value, 'g', 17); }

} // namespace

void Exposition::family(const QString &name, const char *type, const QString &help) {
    m_name = name.toLatin1();
    m_text += "# HELP " + m_name + ' ' + escaped(help, false) + "\n# TYPE " + m_name + ' ' + type + '\n';
}

void Exposition::sample(double value, const Labels &labels) {
    m_text += m_name;
    QByteArrayList written;
    for (const auto &[name, text] : labels)
        written << name.toLatin1() + "=\"" + escaped(text, true) + '"';
    if (!written.isEmpty())
        m_text += '{' + written.join(',') + '}';
    m_text += ' ' + number(value) + '\n';
}

Result<QStringList> checkExposition(const QByteArray &text) {
    static const QRegularExpression comment(QStringLiteral(R"(^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$)"));
    static const QRegularExpression line(QStringLiteral(R"re(^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*)\})? (\S+)$)re"));
    QStringList families;
    QMap<QString, QString> types;
    const QStringList lines = QString::fromUtf8(text).split(QLatin1Char('\n'));
    const auto wrong = [](qsizetype at, const QString &what) { return invalid(what, QStringLiteral("line %1").arg(at + 1)); };
    for (qsizetype i = 0; i + 1 < lines.size(); ++i) {
        if (const auto c = comment.match(lines[i]); c.hasMatch()) {
            if (c.captured(1) == QLatin1String("HELP"))
                continue;
            if (types.contains(c.captured(2)))
                return wrong(i, QStringLiteral("%1 is told twice.").arg(c.captured(2)));
            if (c.captured(3) == QLatin1String("counter") && !c.captured(2).endsWith(QLatin1String("_total")))
                return wrong(i, QStringLiteral("The counter %1 does not end in _total.").arg(c.captured(2)));
            types.insert(c.captured(2), c.captured(3));
            families << c.captured(2);
            continue;
        }
        const auto sample = line.match(lines[i]);
        if (!sample.hasMatch())
            return wrong(i, QStringLiteral("This is no sample: %1").arg(lines[i]));
        QString of = sample.captured(1);
        if (!families.isEmpty() && types.value(families.last()) == QLatin1String("histogram"))
            for (const char *end : {"_bucket", "_sum", "_count"})
                if (of == families.last() + QLatin1String(end))
                    of = families.last();
        if (families.isEmpty() || of != families.last())
            return wrong(i, QStringLiteral("%1 does not stand behind its family.").arg(sample.captured(1)));
        if (!prometheusNumber(sample.captured(3)))
            return wrong(i, QStringLiteral("%1 is no number.").arg(sample.captured(3)));
    }
    if (!lines.last().isEmpty() || text.isEmpty())
        return wrong(lines.size() - 1, QStringLiteral("The text does not end with a newline."));
    return families;
}

} // namespace pilothouse::telemetry
