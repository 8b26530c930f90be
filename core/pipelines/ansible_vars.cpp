// SPDX-License-Identifier: GPL-3.0-or-later
// The variables of ansible_log.h.
#include "core/pipelines/ansible_log.h"

#include <QJsonDocument>
#include <QRegularExpression>

namespace pilothouse::pipelines {

namespace {

/// Words as a shell splits them: quotes taken away, a backslash counts outside of single ones.
QStringList words(const QString &line) {
    QStringList all;
    QString word;
    QChar quote;
    bool begun = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else if (c == QLatin1Char('\\') && quote == QLatin1Char('"') && i + 1 < line.size() && (line[i + 1] == QLatin1Char('"') || line[i + 1] == QLatin1Char('\\')))
                word += line[++i];
            else
                word += c;
        } else if (c == QLatin1Char('"') || c == QLatin1Char('\'')) {
            quote = c;
            begun = true;
        } else if (c == QLatin1Char('\\') && i + 1 < line.size()) {
            word += line[++i];
            begun = true;
        } else if (c.isSpace()) {
            if (begun)
                all += word;
            word.clear();
            begun = false;
        } else {
            word += c;
            begun = true;
        }
    }
    if (begun)
        all += word;
    return all;
}

void addVars(QJsonObject &vars, const QString &text) {
    if (text.startsWith(QLatin1Char('@')))
        return;
    if (text.trimmed().startsWith(QLatin1Char('{'))) {
        const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
        for (auto it = object.begin(); it != object.end(); ++it)
            vars.insert(it.key(), it.value());
        return;
    }
    for (const QString &part : words(text))
        if (const qsizetype equals = part.indexOf(QLatin1Char('=')); equals > 0)
            vars.insert(part.left(equals), part.mid(equals + 1));
}

} // namespace

QJsonObject ansibleExtraVars(const QString &command) {
    QJsonObject vars;
    const QStringList parts = words(command);
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const QString &part = parts[i];
        if ((part == QLatin1String("-e") || part == QLatin1String("--extra-vars")) && i + 1 < parts.size())
            addVars(vars, parts[++i]);
        else if (part.startsWith(QLatin1String("--extra-vars=")))
            addVars(vars, part.mid(13));
        else if (part.startsWith(QLatin1String("-e")) && part.size() > 2 && !part.startsWith(QLatin1String("--")))
            addVars(vars, part.mid(2));
    }
    return vars;
}

QMap<QString, QString> imagesOfVars(const QJsonObject &vars) {
    static const QRegularExpression name(QStringLiteral("^(?!(?:image|docker|git|release|base)[_-]tag$)(.+?)[_-](?:(?:image[_-])?tag|image[_-]version)$"), QRegularExpression::CaseInsensitiveOption),
        image(QStringLiteral("^(.+?)[_-]image$"), QRegularExpression::CaseInsensitiveOption), tag(QStringLiteral("^[\\w][\\w.-]{0,127}$"));
    QMap<QString, QString> images;
    for (auto it = vars.begin(); it != vars.end(); ++it) {
        const QString value = it.value().toVariant().toString();
        if (const QRegularExpressionMatch match = name.match(it.key()); match.hasMatch() && tag.match(value).hasMatch()) {
            images.insert(match.captured(1).toLower().replace(QLatin1Char('_'), QLatin1Char('-')), value);
        } else if (const QRegularExpressionMatch whole = image.match(it.key()); whole.hasMatch()) {
            const QString last = value.section(QLatin1Char('/'), -1);
            const QString found = last.contains(QLatin1Char(':')) ? last.section(QLatin1Char(':'), 1) : QString();
            if (tag.match(found).hasMatch())
                images.insert(whole.captured(1).toLower().replace(QLatin1Char('_'), QLatin1Char('-')), found);
        }
    }
    return images;
}

} // namespace pilothouse::pipelines
