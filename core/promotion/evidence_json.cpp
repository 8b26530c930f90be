// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/count_text.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/promotion/evidence_gates.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;

QJsonArray matrixJson(const std::vector<std::vector<double>> &cells) {
    QJsonArray out;
    for (const auto &row : cells)
        out.append(jsonNumbers(row));
    return out;
}

std::vector<std::vector<double>> matrixFrom(const QJsonArray &array) {
    std::vector<std::vector<double>> out;
    for (const QJsonValue &row : array) {
        out.emplace_back();
        for (const QJsonValue &v : row.toArray())
            out.back().push_back(v.toDouble());
    }
    return out;
}

/// null is NaN, as jsonNumber writes it.
double numberFrom(const QJsonObject &object, const char *key) {
    return object.value(Q(key)).toDouble(std::numeric_limits<double>::quiet_NaN());
}

QJsonArray metricsJson(const std::vector<MetricComparison> &metrics) {
    QJsonArray out;
    for (const auto &m : metrics)
        out.append(QJsonObject{{Q("metric"), m.metric}, {Q("unit"), m.unit}, {Q("champion"), jsonNumber(m.champion)}, {Q("candidate"), jsonNumber(m.candidate)},
                               {Q("change"), jsonNumber(m.change)}, {Q("low"), jsonNumber(m.low)}, {Q("high"), jsonNumber(m.high)},
                               {Q("larger_is_better"), m.largerIsBetter}, {Q("verdict"), m.verdict},
                               {Q("champion_low"), jsonNumber(m.ofChampion.low)}, {Q("champion_high"), jsonNumber(m.ofChampion.high)},
                               {Q("candidate_low"), jsonNumber(m.ofCandidate.low)}, {Q("candidate_high"), jsonNumber(m.ofCandidate.high)}});
    return out;
}

QJsonArray slicesJson(const std::vector<metrics::PairedSlice> &slices) {
    QJsonArray out;
    for (const auto &s : slices)
        out.append(metrics::toJson(s));
    return out;
}

std::vector<metrics::PairedSlice> slicesFrom(const QJsonArray &array) {
    std::vector<metrics::PairedSlice> out;
    for (const QJsonValue &v : array) {
        const QJsonObject s = v.toObject();
        out.push_back({s.value(Q("by")).toString(), s.value(Q("slice")).toString(), std::size_t(s.value(Q("rows")).toInteger()), numberFrom(s, "against"), numberFrom(s, "model"),
                       numberFrom(s, "change"), numberFrom(s, "low"), numberFrom(s, "high"), numberFrom(s, "p"), numberFrom(s, "p_adjusted"), s.value(Q("verdict")).toString()});
    }
    return out;
}

/// Those that are told apart, the worse ones first.
QStringList slicesText(const Evidence &e) {
    if (e.slices.empty())
        return {};
    QStringList out{QString(), QStringLiteral("%1 in %2 slices of the rows (told apart at 5 % after Benjamini-Hochberg; under %3 rows not judged)")
                                   .arg(e.selectMetric).arg(e.slices.size()).arg(metrics::sliceRows)};
    for (const QString &verdict : {QStringLiteral("worse"), QStringLiteral("better")})
        for (const auto &s : e.slices)
            if (s.verdict == verdict)
                out += QStringLiteral("  %1  %2 = %3: %4 → %5 on %6, change %7 (%8 … %9)")
                           .arg(verdict.leftJustified(6), s.by, s.name, figure(s.a), figure(s.b), rowsText(s.rows), signedFigure(s.change), signedFigure(s.low), signedFigure(s.high));
    if (out.size() == 2)
        out += QStringLiteral("  none is told apart");
    return out;
}

GateState gateStateFrom(const QString &name) {
    for (const GateState s : {GateState::Pass, GateState::Warn, GateState::Block, GateState::Waits, GateState::NotRun})
        if (gateStateName(s) == name)
            return s;
    return GateState::Unknown; // which blocks
}

QJsonValue versionJson(std::optional<int> version, const QString &digest) {
    return version ? QJsonValue(QJsonObject{{Q("version"), *version}, {Q("digest"), digest}}) : QJsonValue();
}

} // namespace

QString gateStateName(GateState state) {
    switch (state) {
    case GateState::Pass: return QStringLiteral("pass");
    case GateState::Warn: return QStringLiteral("warn");
    case GateState::Block: return QStringLiteral("block");
    case GateState::Waits: return QStringLiteral("waits");
    case GateState::NotRun: return QStringLiteral("not run");
    case GateState::Unknown: break;
    }
    return QStringLiteral("unknown");
}

QJsonObject Evidence::toJson() const {
    QJsonArray gateArray, classArray;
    for (const GateResult &g : gates)
        gateArray.append(QJsonObject{{Q("rule"), g.rule}, {Q("source"), g.source}, {Q("value"), g.value}, {Q("state"), gateStateName(g.state)}});
    for (const QString &name : classes)
        classArray.append(name);
    QJsonObject out{{Q("model"), model}, {Q("alias"), alias}, {Q("candidate"), versionJson(candidateVersion, candidateDigest)},
            {Q("champion"), versionJson(championVersion, championDigest)}, {Q("baseline"), baseline}, {Q("rows"), qint64(rows)},
            {Q("excluded_rows"), qint64(excludedRows)}, {Q("not_for_champion"), qint64(notForChampion)}, {Q("rows_from"), rowsFrom}, {Q("problem"), problem},
            {Q("champion_has_row_hashes"), championHasRowHashes}, {Q("metrics"), metricsJson(metrics)}, {Q("select"), selectMetric},
            {Q("paired"), QJsonObject{{Q("p"), jsonNumber(pairedP)}, {Q("test"), pairedTest}}}, {Q("bootstrap"), bootstrap}, {Q("disagreement"), disagreement}, {Q("sentence"), sentence}, {Q("slices"), slicesJson(slices)}, {Q("gates"), gateArray},
            {Q("residuals"), QJsonObject{{Q("edges"), jsonNumbers(residualEdges)}, {Q("champion"), jsonNumbers(championResiduals)}, {Q("candidate"), jsonNumbers(candidateResiduals)}}},
            {Q("confusion"), QJsonObject{{Q("classes"), classArray}, {Q("champion"), matrixJson(championConfusion)}, {Q("candidate"), matrixJson(candidateConfusion)}}},
            {Q("calibration"), QJsonObject{{Q("champion"), metrics::toJson(championCalibration)}, {Q("candidate"), metrics::toJson(candidateCalibration)}}},
            {Q("training_drift"), trainingDrift.toJson()}, {Q("lineage"), lineage}, {Q("computed"), isoUtc(computed)}, {Q("seconds"), seconds}, {Q("blocked"), blocked()}};
    if (!championAskedAt.isEmpty())
        out.insert(Q("champion_asked_at"), championAskedAt);
    if (!cardDiff.empty())
        out.insert(Q("card_diff"), promotion::toJson(cardDiff));
    return out;
}

Result<Evidence> Evidence::fromJson(const QJsonObject &object) {
    const QString where = QStringLiteral("evidence");
    JsonReader r(object, where);
    Evidence e;
    e.model = r.text("model");
    e.alias = r.text("alias");
    const QJsonObject candidate = r.object("candidate"), champion = object.value(Q("champion")).toObject();
    e.candidateVersion = candidate.value(Q("version")).toInt();
    e.candidateDigest = candidate.value(Q("digest")).toString();
    if (!champion.isEmpty()) {
        e.championVersion = champion.value(Q("version")).toInt();
        e.championDigest = champion.value(Q("digest")).toString();
    }
    e.baseline = r.text("baseline", QString());
    e.rows = std::size_t(r.integer("rows"));
    e.excludedRows = std::size_t(r.integer("excluded_rows"));
    e.notForChampion = std::size_t(r.integer("not_for_champion", 0));
    e.rowsFrom = r.text("rows_from");
    e.problem = r.text("problem", QString());
    e.championHasRowHashes = r.boolean("champion_has_row_hashes", true);
    e.championAskedAt = r.text("champion_asked_at", QString());
    e.cardDiff = cardLinesFrom(object.value(Q("card_diff")).toArray());
    for (const QJsonValue &v : r.array("metrics")) {
        const QJsonObject m = v.toObject();
        e.metrics.push_back({m.value(Q("metric")).toString(), m.value(Q("unit")).toString(), numberFrom(m, "champion"), numberFrom(m, "candidate"),
                             numberFrom(m, "change"), numberFrom(m, "low"), numberFrom(m, "high"), m.value(Q("larger_is_better")).toBool(),
                             m.value(Q("verdict")).toString(), {numberFrom(m, "champion_low"), numberFrom(m, "champion_high")},
                             {numberFrom(m, "candidate_low"), numberFrom(m, "candidate_high")}});
    }
    e.selectMetric = r.text("select");
    const QJsonObject paired = r.object("paired");
    e.pairedP = numberFrom(paired, "p");
    e.pairedTest = paired.value(Q("test")).toString();
    e.bootstrap = r.text("bootstrap", QString());
    e.disagreement = r.text("disagreement", QString());
    e.sentence = r.text("sentence");
    e.slices = slicesFrom(object.value(Q("slices")).toArray());
    for (const QJsonValue &v : r.array("gates")) {
        const QJsonObject g = v.toObject();
        e.gates.push_back({g.value(Q("rule")).toString(), g.value(Q("source")).toString(), g.value(Q("value")).toString(), gateStateFrom(g.value(Q("state")).toString())});
    }
    JsonReader residuals(r.object("residuals"), where);
    e.residualEdges = residuals.numbers("edges");
    e.championResiduals = residuals.numbers("champion");
    e.candidateResiduals = residuals.numbers("candidate");
    JsonReader confusion(r.object("confusion"), where);
    for (const QString &name : confusion.texts("classes"))
        e.classes.push_back(name);
    e.championConfusion = matrixFrom(confusion.array("champion"));
    e.candidateConfusion = matrixFrom(confusion.array("candidate"));
    const QJsonObject calibration = object.value(Q("calibration")).toObject();
    e.championCalibration = metrics::calibrationFromJson(calibration.value(Q("champion")).toArray());
    e.candidateCalibration = metrics::calibrationFromJson(calibration.value(Q("candidate")).toArray());
    e.lineage = r.object("lineage");
    e.computed = fromIsoUtc(r.text("computed"));
    e.seconds = r.number("seconds", 0);
    const QJsonObject drifted = r.object("training_drift");
    for (const JsonReader *reader : {&r, &residuals, &confusion})
        PH_TRY(reader->check());
    PH_ASSIGN(e.trainingDrift, drift::DriftReport::fromJson(drifted, where));
    return e;
}

QString Evidence::digest() const { return sha256Hex(canonicalJson(toJson())); }

QString Evidence::text() const {
    QStringList out{QStringLiteral("Promote %1 v%2 to %3").arg(model).arg(candidateVersion).arg(alias), sentence, QString()};
    const auto column = [](const QString &text, int width) { return text.leftJustified(width); };
    const auto named = [](const MetricComparison &m) { return m.metric + (m.unit.isEmpty() ? QString() : QLatin1Char(' ') + m.unit); };
    int widest = 18;
    for (const auto &m : metrics)
        widest = std::max(widest, int(named(m).size())); // of several targets the names are theirs
    out += column(QStringLiteral("metric"), widest + 2) + column(championVersion ? QStringLiteral("champion v%1").arg(*championVersion) : baseline, 16) +
           column(QStringLiteral("candidate v%1").arg(candidateVersion), 16) + QStringLiteral("change (95 % interval)");
    for (const auto &m : metrics)
        out += column(named(m), widest + 2) + column(figure(m.champion), 16) + column(figure(m.candidate), 16) +
               changeText(m) + QStringLiteral("  ") + m.verdict;
    if (!pairedTest.isEmpty())
        out += QStringLiteral("p = %1 (%2)").arg(figure(pairedP), pairedTest);
    if (!bootstrap.isEmpty())
        out += QStringLiteral("Intervals by paired bootstrap: %1.").arg(bootstrap);
    out += QStringLiteral("%1 scored by both: %2. %3 left out because the champion was trained on %4.").arg(rowsText(rows), rowsFrom, QString::number(excludedRows), excludedRows == 1 ? QStringLiteral("it") : QStringLiteral("them"));
    if (!championAskedAt.isEmpty())
        out += QStringLiteral("The champion answered at %1.").arg(championAskedAt);
    out += slicesText(*this);
    if (!cardDiff.empty()) {
        out += QString();
        out += QStringLiteral("Model card");
        for (const QJsonValue &line : promotion::toJson(cardDiff))
            out += QStringLiteral("  ") + line.toString();
    }
    out += QString();
    out += QStringLiteral("Gates");
    for (const GateResult &g : gates)
        out += QStringLiteral("  ") + column(gateStateName(g.state), 8) + g.rule + (g.source.isEmpty() ? QString() : QStringLiteral(" [%1]").arg(g.source)) +
               (g.value.isEmpty() ? QString() : QStringLiteral(": ") + g.value);
    const QJsonObject data = lineage.value(Q("data")).toObject();
    out += QString();
    out += QStringLiteral("Data %1 (%2 rows, sha256 %3…), run %4, code %5, made by %6, asked by %7")
               .arg(data.value(Q("source")).toString()).arg(data.value(Q("rows")).toInteger()).arg(data.value(Q("sha256")).toString().left(12),
                    lineage.value(Q("run")).toString(), lineage.value(Q("code")).toString(QStringLiteral("not in git")).left(12), lineage.value(Q("user")).toString(),
                    lineage.value(Q("requester")).toString());
    if (const QString image = lineage.value(Q("image")).toString(); !image.isEmpty())
        out += QStringLiteral("Image %1").arg(image);
    if (const QString pipeline = lineage.value(Q("pipeline")).toString(); !pipeline.isEmpty())
        out += QStringLiteral("Pipeline %1").arg(pipeline);
    return out.join(QLatin1Char('\n'));
}

} // namespace pilothouse::promotion
