// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_filter.h"

namespace pilothouse::registry {

/// A word of a filter text.
struct FilterToken {
    enum Kind { Word, Text, Operator, Open, Close, Comma, End } kind = End;
    QString text;         ///< without quotes; an operator as written
    TextSpan span;        ///< with quotes
    bool quotedKey = false; ///< Word: what follows the first dot stood in quotes
    QChar quote;          ///< Text: the sign it stands in
    bool closed = true;   ///< false: the quote has no end
    bool is(const char *keyword) const { return kind == Word && !quotedKey && text.compare(QLatin1String(keyword), Qt::CaseInsensitive) == 0; }
};

/// The words of a text; the last one is End. Never fails: a quote without an end reaches to the end of the text.
std::vector<FilterToken> filterTokens(const QString &text);

/// What a key of the language means.
struct FilterKey {
    enum Entity { Metric, Param, Tag, Attribute } entity = Attribute;
    QString key; ///< of an attribute its one name: "run_name", "start_time"
    bool isNumber() const; ///< metrics, times and duration
    QString name() const;  ///< "metrics.rmse", "attributes.status"
};
/// Nullopt: no such entity or attribute.
std::optional<FilterKey> filterKey(const FilterToken &token);
/// "metric", "params" …: the entity that a word names; nullopt: none
std::optional<FilterKey::Entity> filterEntity(const QString &word);
const QStringList &filterAttributes(); ///< their one names
/// A number as MLflow's or C's notation has it, with NaN and Infinity in any case.
std::optional<double> filterNumber(const QString &text);

} // namespace pilothouse::registry
