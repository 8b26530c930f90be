// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/argo_models.h"

#include "core/base/clock.h"
#include "widgets/base/format.h"

#include <QJsonObject>
#include <QObject>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

using Q = QLatin1String;
using namespace cluster;

namespace {

double secondsOf(const ArgoMeasurement &m) { return double((m.finished.isValid() ? m.finished : m.started).toMSecsSinceEpoch()) / 1000; }

QString stepName(const ArgoStep &step) {
    if (step.weight)
        return QObject::tr("%1 %").arg(*step.weight);
    if (step.kind == Q("pause"))
        return QObject::tr("Pause");
    if (step.kind == Q("analysis"))
        return QObject::tr("Analysis");
    if (step.kind == Q("experiment"))
        return QObject::tr("Experiment");
    return step.kind;
}

/// What stands below the glyph of the step that it is on.
QString currentNote(const ArgoStatus &status, const ArgoStep &step, const QDateTime &now) {
    if (step.kind == Q("pause")) {
        if (status.pauseEnds)
            return *status.pauseEnds > now ? QObject::tr("%1 left").arg(duration(double(now.secsTo(*status.pauseEnds)))) : QObject::tr("ends");
        return status.pausedSince.isValid() ? QObject::tr("waits %1").arg(age(status.pausedSince, now)) : QObject::tr("waits");
    }
    if (step.weight)
        return QObject::tr("%1 % now").arg(status.actualWeight);
    return QObject::tr("now");
}

QString boundText(const ArgoBound &bound) {
    QString sign = bound.comparison;
    sign.replace(Q(">="), QStringLiteral("≥")).replace(Q("<="), QStringLiteral("≤")).replace(Q("=="), QStringLiteral("=")).replace(Q("!="), QStringLiteral("≠"));
    return bound.success ? QObject::tr("passes %1 %2").arg(sign, number(bound.value)) : QObject::tr("fails %1 %2").arg(sign, number(bound.value));
}

} // namespace

State stateOfArgo(const QString &phase) {
    if (phase == Q("Healthy") || phase == Q("Successful"))
        return State::Ok;
    if (phase == Q("Progressing") || phase == Q("Running"))
        return State::Running;
    if (phase == Q("Paused"))
        return State::Paused;
    if (phase == Q("Degraded") || phase == Q("Failed") || phase == Q("Error"))
        return State::Bad;
    if (phase == Q("Inconclusive"))
        return State::Warn;
    return phase.isEmpty() || phase == Q("Pending") ? State::Waiting : State::Unknown;
}

std::vector<StageMark> argoLadder(const ArgoStatus &status, const QDateTime &now) {
    std::vector<StageMark> marks;
    for (std::size_t i = 0; i < status.steps.size(); ++i) {
        const ArgoStep &step = status.steps[i];
        StageMark mark;
        mark.id = QString::number(i);
        mark.name = stepName(step);
        mark.toolTip = step.text;
        if (step.state == Q("done")) {
            mark.state = State::Ok;
            mark.note = QObject::tr("done");
        } else if (step.state == Q("current")) {
            mark.state = status.phase == Q("Paused") ? State::Paused : status.phase == Q("Degraded") ? State::Bad : State::Running;
            mark.note = currentNote(status, step, now);
        } else if (step.state == Q("aborted")) {
            mark.state = State::Bad;
            mark.note = QObject::tr("turned back");
        } else {
            if (step.kind == Q("pause"))
                mark.note = step.pauseSeconds ? duration(double(*step.pauseSeconds)) : QObject::tr("until promoted");
            if (int(i) == status.step + 1)
                mark.note = mark.note.isEmpty() ? QObject::tr("next") : QObject::tr("next, %1").arg(mark.note);
        }
        marks.push_back(mark);
    }
    return marks;
}

std::vector<StageMark> kserveLadder(const KserveStatus &status, const std::vector<int> &planned) {
    if (!status.hasCanary())
        return {};
    std::vector<int> percents = planned;
    const int wanted = status.wantedCanary();
    percents.push_back(wanted);
    percents.push_back(100);
    std::sort(percents.begin(), percents.end());
    percents.erase(std::unique(percents.begin(), percents.end()), percents.end());
    std::vector<StageMark> marks;
    bool next = false;
    for (const int percent : percents) {
        StageMark mark;
        mark.id = QString::number(percent);
        mark.name = QObject::tr("%1 %").arg(percent);
        if (percent < wanted) {
            mark.state = State::Ok;
            mark.note = QObject::tr("done");
        } else if (percent == wanted) {
            mark.state = wanted == 0 ? State::Paused : State::Running;
            mark.note = QObject::tr("%1 % now").arg(status.seenCanary());
            next = true;
        } else if (next) {
            mark.note = QObject::tr("next");
            next = false;
        }
        marks.push_back(mark);
    }
    return marks;
}

PlotData measurementPlot(const ArgoMetric &metric) {
    PlotData data;
    data.time = true;
    data.sentence = QObject::tr("Measurements of %1: %2").arg(metric.name, measurementText(metric));
    std::size_t width = 0;
    for (const ArgoMeasurement &m : metric.measurements)
        width = std::max(width, m.values.size());
    double low = std::numeric_limits<double>::infinity(), high = -low;
    const auto reach = [&](double value) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    };
    const Ink inks[] = {&Tokens::s1, &Tokens::s2, &Tokens::s3, &Tokens::s4};
    PlotSeries bad;
    bad.name = QObject::tr("not passed");
    bad.ink = &Tokens::bad;
    bad.dots = true;
    for (std::size_t column = 0; column < width; ++column) {
        PlotSeries line;
        line.name = width == 1 ? metric.name : QStringLiteral("%1[%2]").arg(metric.name).arg(column);
        line.ink = inks[column % std::size(inks)];
        for (const ArgoMeasurement &m : metric.measurements) {
            const double x = secondsOf(m);
            if (x <= 0)
                continue; // it has not begun
            const double y = column < m.values.size() ? m.values[column] : std::nan("");
            line.points.emplace_back(x, y);
            reach(y);
            if (std::isfinite(y) && column == 0 && (m.phase == Q("Failed") || m.phase == Q("Error") || m.phase == Q("Inconclusive")))
                bad.points.emplace_back(x, y);
        }
        if (std::any_of(line.points.begin(), line.points.end(), [](const QPointF &p) { return std::isfinite(p.y()); }))
            data.series.push_back(std::move(line));
    }
    if (data.series.empty())
        return data;
    if (!bad.points.empty())
        data.series.push_back(std::move(bad));
    for (const ArgoBound &bound : metric.bounds) {
        data.limits.push_back({bound.value, boundText(bound), bound.success ? &Tokens::warn : &Tokens::bad});
        reach(bound.value);
    }
    if (std::isfinite(low)) { // the limit is always in sight
        const double room = high > low ? (high - low) * 0.12 : std::max(std::abs(high) * 0.1, 0.1);
        data.yMin = low >= 0 && low - room < 0 ? 0 : low - room;
        data.yMax = high + room;
    }
    return data;
}

QString measurementText(const ArgoMetric &metric) {
    QStringList parts;
    if (metric.successful > 0 || metric.failed + metric.errors + metric.inconclusive == 0)
        parts << (metric.count > 0 ? QObject::tr("%1 of %2 passed").arg(metric.successful).arg(metric.count) : QObject::tr("%1 passed").arg(metric.successful));
    if (metric.failed > 0)
        parts << QObject::tr("%1 failed, %2 allowed").arg(metric.failed).arg(metric.failureLimit);
    if (metric.inconclusive > 0)
        parts << QObject::tr("%1 inconclusive, %2 allowed").arg(metric.inconclusive).arg(metric.inconclusiveLimit);
    if (metric.errors > 0)
        parts << QObject::tr("%1 not measured").arg(metric.errors);
    if (!metric.interval.isEmpty())
        parts << QObject::tr("every %1").arg(metric.interval);
    if (metric.dryRun)
        parts << QObject::tr("dry run: not counted");
    return parts.join(QStringLiteral(", "));
}

QString conditionText(const ArgoMetric &metric) {
    if (!metric.successCondition.isEmpty())
        return metric.successCondition;
    return metric.failureCondition.isEmpty() ? QString() : QObject::tr("fails at %1").arg(metric.failureCondition);
}

QString metricMessage(const ArgoMetric &metric) {
    if (!metric.message.isEmpty())
        return metric.message;
    if (metric.measurements.empty())
        return QObject::tr("Nothing measured yet.");
    const ArgoMeasurement &last = metric.measurements.back();
    if (!last.message.isEmpty())
        return last.message;
    return last.values.empty() ? last.text.left(200) : QString();
}

TrafficSides argoTraffic(const ArgoStatus &status) {
    TrafficSides out;
    const auto side = [](int revision, int weight) { return revision > 0 ? QObject::tr("revision %1, %2 %").arg(revision).arg(weight) : QObject::tr("%1 %").arg(weight); };
    int stable = 0, canary = 0;
    for (const ArgoReplicaSet &set : status.replicaSets) {
        if (set.stable || (set.active && stable == 0))
            stable = set.revision;
        else if (set.canary || set.preview)
            canary = set.revision;
    }
    const int of = std::max(1, status.maxWeight);
    const int wanted = status.strategy == Q("BlueGreen") || status.fullyPromoted ? 0 : std::clamp(status.setWeight, 0, of);
    out.share = double(wanted) / of;
    const int percentWanted = int(std::lround(out.share * 100));
    out.stable = side(stable, 100 - percentWanted);
    out.canary = canary > 0 ? side(canary, percentWanted) : QString();
    if (status.strategy == Q("Canary") && !status.fullyPromoted) {
        const int actual = int(std::lround(double(status.actualWeight) * 100 / of));
        out.seen = status.weightsReported ? QObject::tr("router: %1 / %2 %").arg(100 - actual).arg(actual) : QObject::tr("by pods: %1 / %2 %").arg(100 - actual).arg(actual);
        if (status.weightsVerified && !*status.weightsVerified)
            out.seen += QObject::tr(", not verified yet");
    }
    return out;
}

TrafficSides kserveTraffic(const KserveStatus &status) {
    TrafficSides out;
    const int wanted = status.hasCanary() ? status.wantedCanary() : 0, seen = status.seenCanary();
    out.share = wanted / 100.0;
    const QString stable = status.previousRolledout.isEmpty() || !status.hasCanary() ? status.latestReady : status.previousRolledout;
    const auto side = [](const QString &name, int weight) { return name.isEmpty() ? QObject::tr("%1 %").arg(weight) : QObject::tr("%1, %2 %").arg(name).arg(weight); };
    out.stable = side(stable, 100 - wanted);
    if (status.hasCanary()) {
        QStringList names;
        for (const KserveCanary &canary : status.canaries)
            names << canary.name;
        out.canary = side(names.isEmpty() ? status.latestCreated : names.join(QStringLiteral(", ")), wanted);
        out.seen = QObject::tr("router: %1 / %2 %").arg(100 - seen).arg(seen);
    }
    return out;
}

QString verdictText(const QJsonObject &look, const QDateTime &now) {
    const QString sentence = look.value(Q("sentence")).toString();
    if (sentence.isEmpty())
        return {};
    QString text = look.value(Q("turned_back")).toBool() ? QObject::tr("Turned back: %1").arg(sentence) : look.value(Q("went_on")).toBool() ? QObject::tr("Went on: %1").arg(sentence) : sentence;
    text += QStringLiteral("\n") + QObject::tr("Judged %1; needs at least %2 requests and %3 labelled rows of the canary, has %4 and %5.")
                                       .arg(moment(fromIsoUtc(look.value(Q("at")).toString()), now), count(look.value(Q("minimum_requests")).toInteger()), count(look.value(Q("minimum_labelled")).toInteger()),
                                            count(look.value(Q("canary")).toObject().value(Q("requests")).toInteger()), count(look.value(Q("canary")).toObject().value(Q("labelled")).toInteger()));
    if (const QString problem = look.value(Q("problem")).toString(); !problem.isEmpty())
        text += QStringLiteral("\n") + problem;
    return text;
}

} // namespace pilothouse::ui
