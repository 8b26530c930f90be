// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/run_filter_tokens.h"

#include <limits>

namespace pilothouse::registry {

namespace {

bool isQuote(QChar c) { return c == QLatin1Char('\'') || c == QLatin1Char('"') || c == QLatin1Char('`'); }
bool isSign(QChar c) { return c == QLatin1Char('=') || c == QLatin1Char('<') || c == QLatin1Char('>') || c == QLatin1Char('!'); }
bool endsWord(QChar c) { return c.isSpace() || isQuote(c) || isSign(c) || c == QLatin1Char('(') || c == QLatin1Char(')') || c == QLatin1Char(','); }

/// Reads from a quote to its end; the same quote twice stands for itself. @return whether there was an end
bool readQuoted(const QString &text, qsizetype &i, QString &into) {
    const QChar quote = text[i++];
    for (; i < text.size(); ++i) {
        if (text[i] != quote) {
            into += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == quote) {
            into += quote;
            ++i;
        } else {
            ++i;
            return true;
        }
    }
    return false;
}

} // namespace

std::vector<FilterToken> filterTokens(const QString &text) {
    std::vector<FilterToken> out;
    qsizetype i = 0;
    while (i < text.size()) {
        if (text[i].isSpace()) {
            ++i;
            continue;
        }
        FilterToken token;
        token.span.at = i;
        if (isQuote(text[i])) {
            token.kind = FilterToken::Text;
            token.quote = text[i];
            token.closed = readQuoted(text, i, token.text);
        } else if (isSign(text[i])) {
            token.kind = FilterToken::Operator;
            do
                token.text += text[i++];
            while (i < text.size() && isSign(text[i]));
        } else if (text[i] == QLatin1Char('(') || text[i] == QLatin1Char(')') || text[i] == QLatin1Char(',')) {
            token.kind = text[i] == QLatin1Char('(') ? FilterToken::Open : text[i] == QLatin1Char(')') ? FilterToken::Close : FilterToken::Comma;
            token.text = text[i++];
        } else {
            token.kind = FilterToken::Word;
            while (i < text.size() && !endsWord(text[i]))
                token.text += text[i++];
            if (token.text.endsWith(QLatin1Char('.')) && i < text.size() && isQuote(text[i])) {
                token.quotedKey = true;
                token.quote = text[i];
                token.closed = readQuoted(text, i, token.text);
            }
        }
        token.span.length = i - token.span.at;
        out.push_back(std::move(token));
    }
    FilterToken end;
    end.span.at = text.size();
    out.push_back(end);
    return out;
}

bool FilterKey::isNumber() const {
    return entity == Metric || (entity == Attribute && (key == QLatin1String("start_time") || key == QLatin1String("end_time") || key == QLatin1String("duration")));
}

QString FilterKey::name() const {
    static const QString names[]{QStringLiteral("metrics."), QStringLiteral("params."), QStringLiteral("tags."), QStringLiteral("attributes.")};
    return names[entity] + key;
}

const QStringList &filterAttributes() {
    static const QStringList names{QStringLiteral("run_name"),   QStringLiteral("run_id"),   QStringLiteral("experiment"), QStringLiteral("user_id"),     QStringLiteral("status"),
                                   QStringLiteral("start_time"), QStringLiteral("end_time"), QStringLiteral("duration"),   QStringLiteral("artifact_uri")};
    return names;
}

std::optional<FilterKey::Entity> filterEntity(const QString &word) {
    static const QMap<QString, FilterKey::Entity> entities = [] {
        QMap<QString, FilterKey::Entity> map;
        for (const char *name : {"metric", "metrics"})
            map.insert(QLatin1String(name), FilterKey::Metric);
        for (const char *name : {"param", "params", "parameter", "parameters"})
            map.insert(QLatin1String(name), FilterKey::Param);
        for (const char *name : {"tag", "tags"})
            map.insert(QLatin1String(name), FilterKey::Tag);
        for (const char *name : {"attribute", "attributes", "attr", "run"})
            map.insert(QLatin1String(name), FilterKey::Attribute);
        return map;
    }();
    const auto found = entities.constFind(word);
    return found == entities.constEnd() ? std::nullopt : std::optional(*found);
}

std::optional<FilterKey> filterKey(const FilterToken &token) {
    const auto attribute = [](const QString &name) -> std::optional<FilterKey> {
        const QString lower = name.toLower();
        if (lower == QLatin1String("run name")) // MLflow's other names
            return FilterKey{FilterKey::Attribute, QStringLiteral("run_name")};
        if (lower == QLatin1String("created"))
            return FilterKey{FilterKey::Attribute, QStringLiteral("start_time")};
        if (name == QLatin1String("user"))
            return FilterKey{FilterKey::Attribute, QStringLiteral("user_id")};
        return filterAttributes().contains(name) ? std::optional(FilterKey{FilterKey::Attribute, name}) : std::nullopt;
    };
    const qsizetype dot = token.kind == FilterToken::Word ? token.text.indexOf(QLatin1Char('.')) : -1;
    if (dot < 0)
        return token.kind == FilterToken::Word || token.quote != QLatin1Char('\'') ? attribute(token.text) : std::nullopt;
    const auto entity = filterEntity(token.text.left(dot));
    const QString key = token.text.mid(dot + 1);
    if (!entity || key.isEmpty())
        return std::nullopt;
    return *entity == FilterKey::Attribute ? attribute(key) : std::optional(FilterKey{*entity, key});
}

std::optional<double> filterNumber(const QString &text) {
    QString word = text.toLower();
    const bool negative = word.startsWith(QLatin1Char('-'));
    if (negative || word.startsWith(QLatin1Char('+')))
        word.remove(0, 1);
    if (word == QLatin1String("nan"))
        return std::numeric_limits<double>::quiet_NaN();
    if (word == QLatin1String("inf") || word == QLatin1String("infinity"))
        return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    if (word.isEmpty() || !(word[0].isDigit() || word[0] == QLatin1Char('.')))
        return std::nullopt;
    bool good = false;
    const double value = word.toDouble(&good);
    return good ? std::optional(negative ? -value : value) : std::nullopt;
}

} // namespace pilothouse::registry
