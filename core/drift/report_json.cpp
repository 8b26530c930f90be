// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/drift/answer.h"

#include <limits>

namespace pilothouse::drift {

using Q = QLatin1String;

namespace {

QJsonValue optionalNumber(const std::optional<double> &value) { return value ? jsonNumber(*value) : QJsonValue(QJsonValue::Null); }

QJsonObject pair(const char *first, const QJsonValue &a, const char *second, const QJsonValue &b) {
    return {{Q(first), a}, {Q(second), b}};
}

QJsonValue rangeToJson(const ColumnDrift &c) {
    if (!c.outOfRange)
        return QJsonValue::Null;
    const auto range = [](const std::optional<double> &least, const std::optional<double> &most) { return QJsonArray{optionalNumber(least), optionalNumber(most)}; };
    return QJsonObject{{Q("reference"), range(c.referenceMin, c.referenceMax)}, {Q("current"), range(c.currentMin, c.currentMax)}, {Q("outside"), *c.outOfRange}};
}

QJsonArray sharesToJson(const std::vector<ColumnDrift::Share> &shares) {
    QJsonArray list;
    for (const ColumnDrift::Share &s : shares)
        list.append(QJsonObject{{Q("name"), s.name}, {Q("share"), s.share}});
    return list;
}

std::vector<ColumnDrift::Share> sharesFromJson(const QJsonValue &value) {
    std::vector<ColumnDrift::Share> shares;
    for (const QJsonValue &entry : value.toArray())
        shares.push_back({entry.toObject().value(Q("name")).toString(), entry.toObject().value(Q("share")).toDouble()});
    return shares;
}

QJsonObject columnToJson(const ColumnDrift &c) {
    QJsonObject bins{{Q("reference"), jsonNumbers(c.referenceShares)}, {Q("current"), jsonNumbers(c.currentShares)}};
    if (c.kind == data::ColumnType::Number) {
        bins.insert(Q("edges"), jsonNumbers(c.edges));
    } else {
        QJsonArray names;
        for (const QString &name : c.categories)
            names.append(name);
        bins.insert(Q("categories"), names);
    }
    QJsonObject object{
        {Q("name"), c.name},
        {Q("kind"), data::columnTypeName(c.kind)},
        {Q("rows"), pair("reference", qint64(c.referenceRows), "current", qint64(c.currentRows))},
        {Q("missing"), pair("reference", jsonNumber(c.referenceMissing), "current", jsonNumber(c.currentMissing))},
        {Q("psi"), jsonNumber(c.psi)},
        {Q("psi_by_chance"), jsonNumber(c.psiByChance)},
        {Q("ks"), c.ksD ? QJsonValue(pair("d", *c.ksD, "p", optionalNumber(c.ksP))) : QJsonValue(QJsonValue::Null)},
        {Q("wasserstein"), optionalNumber(c.wasserstein)},
        {Q("wasserstein_norm"), optionalNumber(c.wassersteinNorm)},
        {Q("js"), jsonNumber(c.js)},
        {Q("hellinger"), jsonNumber(c.hellinger)},
        {Q("chi2"), QJsonValue::Null},
        {Q("cramers_v"), optionalNumber(c.cramersV)},
        {Q("effect"), jsonNumber(c.effect)},
        {Q("effect_error"), jsonNumber(c.effectError)},
        {Q("resolution"), c.resolution},
        {Q("too_few_rows"), c.tooFewRows},
        {Q("rows_needed"), qint64(c.rowsNeeded)},
        {Q("range"), rangeToJson(c)},
        {Q("new"), sharesToJson(c.newCategories)},
        {Q("gone"), sharesToJson(c.goneCategories)},
        {Q("warning"), c.warning},
        {Q("drifted"), c.drifted},
        {Q("bins"), bins},
        {Q("role"), c.role},
    };
    if (c.chi2)
        object.insert(Q("chi2"), QJsonObject{{Q("statistic"), *c.chi2}, {Q("dof"), *c.chi2Dof}, {Q("p"), optionalNumber(c.chi2P)}});
    return object;
}

double numberOrNan(const QJsonValue &value) { return value.isDouble() ? value.toDouble() : std::numeric_limits<double>::quiet_NaN(); }
std::optional<double> numberOrNone(const QJsonValue &value) {
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

Result<ColumnDrift> columnFromJson(const QJsonObject &object, const QString &where) {
    JsonReader r(object, where);
    ColumnDrift c;
    c.name = r.text("name");
    c.kind = r.text("kind") == QStringLiteral("number") ? data::ColumnType::Number : data::ColumnType::Category;
    JsonReader rows(r.object("rows"), where), missing(r.object("missing"), where), bins(r.object("bins"), where);
    c.referenceRows = std::size_t(rows.integer("reference"));
    c.currentRows = std::size_t(rows.integer("current"));
    c.referenceMissing = missing.number("reference");
    c.currentMissing = missing.number("current");
    c.psi = numberOrNan(object.value(Q("psi")));
    c.psiByChance = numberOrNan(object.value(Q("psi_by_chance")));
    c.js = numberOrNan(object.value(Q("js")));
    c.effect = numberOrNan(object.value(Q("effect")));
    c.wasserstein = numberOrNone(object.value(Q("wasserstein")));
    c.wassersteinNorm = numberOrNone(object.value(Q("wasserstein_norm")));
    const QJsonObject ks = object.value(Q("ks")).toObject(), chi2 = object.value(Q("chi2")).toObject();
    c.ksD = numberOrNone(ks.value(Q("d")));
    c.ksP = numberOrNone(ks.value(Q("p")));
    c.chi2 = numberOrNone(chi2.value(Q("statistic")));
    c.chi2P = numberOrNone(chi2.value(Q("p")));
    if (c.chi2)
        c.chi2Dof = chi2.value(Q("dof")).toInt();
    c.hellinger = numberOrNan(object.value(Q("hellinger"))); // the reports of earlier versions have none of these
    c.cramersV = numberOrNone(object.value(Q("cramers_v")));
    c.effectError = numberOrNan(object.value(Q("effect_error")));
    c.rowsNeeded = std::size_t(std::max<qint64>(0, r.integer("rows_needed", qint64(minimumRows))));
    const QJsonObject range = object.value(Q("range")).toObject();
    c.outOfRange = numberOrNone(range.value(Q("outside")));
    const QJsonArray before = range.value(Q("reference")).toArray(), now = range.value(Q("current")).toArray();
    c.referenceMin = numberOrNone(before.at(0));
    c.referenceMax = numberOrNone(before.at(1));
    c.currentMin = numberOrNone(now.at(0));
    c.currentMax = numberOrNone(now.at(1));
    c.newCategories = sharesFromJson(object.value(Q("new")));
    c.goneCategories = sharesFromJson(object.value(Q("gone")));
    c.resolution = r.number("resolution");
    c.role = object.value(Q("role")).toString();
    c.tooFewRows = r.boolean("too_few_rows");
    c.warning = r.boolean("warning");
    c.drifted = r.boolean("drifted");
    c.referenceShares = bins.numbers("reference");
    c.currentShares = bins.numbers("current");
    if (c.kind == data::ColumnType::Number) {
        c.edges = bins.numbers("edges");
    } else {
        const QStringList names = bins.texts("categories");
        c.categories.assign(names.begin(), names.end());
    }
    for (const JsonReader *reader : {&r, &rows, &missing, &bins})
        PH_TRY(reader->check());
    return c;
}

} // namespace

void DriftReport::markRoles(const QString &target, const QStringList &predictions) {
    for (ColumnDrift &c : columns)
        c.role = c.name == target ? QStringLiteral("target") : predictions.contains(c.name) ? QStringLiteral("prediction") : QString();
}

QJsonObject DriftReport::toJson() const {
    QJsonArray list, left;
    for (const ColumnDrift &c : columns)
        list.append(columnToJson(c));
    for (const NotCompared &c : notCompared)
        left.append(pair("name", c.name, "reason", c.reason));
    return {{Q("reference"), pair("rows", qint64(referenceRows), "name", referenceName)},
            {Q("current"), pair("rows", qint64(currentRows), "name", currentName)},
            {Q("drifted"), drifted},
            {Q("answer"), answerOf(*this)},
            {Q("columns"), list},
            {Q("not_compared"), left}};
}

Result<DriftReport> DriftReport::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader r(object, where);
    DriftReport report;
    JsonReader reference(r.object("reference"), where), current(r.object("current"), where);
    report.drifted = r.boolean("drifted");
    const QJsonArray list = r.array("columns"), left = r.array("not_compared");
    report.referenceRows = std::size_t(reference.integer("rows"));
    report.currentRows = std::size_t(current.integer("rows"));
    report.referenceName = reference.text("name", {});
    report.currentName = current.text("name", {});
    for (const JsonReader *reader : {&r, &reference, &current})
        PH_TRY(reader->check());
    for (const QJsonValue &value : list) {
        PH_ASSIGN(ColumnDrift column, columnFromJson(value.toObject(), where));
        report.columns.push_back(std::move(column));
    }
    for (const QJsonValue &value : left)
        report.notCompared.push_back({value.toObject().value(Q("name")).toString(), value.toObject().value(Q("reason")).toString()});
    return report;
}

QString verdictWord(const ColumnDrift &c) {
    if (c.tooFewRows)
        return QStringLiteral("Too few rows");
    return c.drifted ? QStringLiteral("High") : c.warning ? QStringLiteral("Moderate") : QStringLiteral("Low");
}

QStringList definitions() {
    return {
        QStringLiteral("Missing and infinite values are dropped from each side before anything else; rows are counted after that."),
        QStringLiteral("PSI: population stability index on ten bins whose edges are the quantiles 0.1 … 0.9 of the reference (linear "
                       "interpolation, equal edges merged, a value on an edge goes left); for categories, on the categories. Each share is "
                       "at least 0.0001. Moderate from 0.10, High from 0.25."),
        QStringLiteral("Effect: PSI less what chance adds to it at these row counts, with its standard error. It alone decides, never a p-value. Where effect ± 2.8 to 4.5 errors (more where rows are few) reach over a limit, where chance alone would add 0.10, and below %1 "
                       "rows on either side, the answer is \"Too few rows\"; from 12,500 rows on each side (more with many bins) there always is an answer.")
            .arg(minimumRows),
        QStringLiteral("\"By chance\" is the PSI to expect between two samples of these sizes with no drift at all: (bins − 1)·(1/n + 1/m). A "
                       "PSI near it says nothing."),
        QStringLiteral("KS: largest distance between the two cumulative distributions; p from the limiting Kolmogorov distribution. With many "
                       "rows p is tiny for differences that do not matter."),
        QStringLiteral("Shift: first Wasserstein distance, in the unit of the column; σ: the same divided by the reference's standard "
                       "deviation (ddof 0), undefined for a constant reference."),
        QStringLiteral("JS: Jensen-Shannon distance to base 2 on the same bins, raw shares: 0 equal, 1 disjoint."),
        QStringLiteral("Hellinger: distance of the raw shares on the same bins: 0 equal, 1 disjoint."),
        QStringLiteral("χ²: Pearson's test on the table of counts over all categories of both sides, no continuity correction; V: Cramér's V of that table, √(χ² / rows), 0 to 1."),
        QStringLiteral("Target drift compares the true values, as far as labels have come; prediction drift what the model says of the rows of both sides. Drift of an input alone need not hurt; of the target or the predictions it means that the answers changed."),
        QStringLiteral("Out of range: the share of current values below the smallest or above the largest one of the reference."),
        QStringLiteral("Against a training profile, PSI, JS and χ² are exact; KS and Wasserstein are read from 1,001 quantiles and hold within "
                       "0.001 of the rows. Between two profiles PSI and JS of numbers hold within the same step."),
    };
}

} // namespace pilothouse::drift
