// SPDX-License-Identifier: GPL-3.0-or-later
// What a model's prediction log says of a workload, where no Prometheus does.
#include "core/base/json.h"
#include "core/fleet/endpoint.h"
#include "core/fleet/live_quality.h"
#include "core/fleet/workload_metrics_internal.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace pilothouse::fleet {

using Q = QLatin1String;
using Curve = WorkloadMetrics::Curve;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(WorkloadMetrics)
};

constexpr int newestAnswers = 2000, bucketSeconds = 60;
constexpr std::size_t mostWords = 8; ///< curves of words; free text is no mix

/// One stretch of time of one version.
struct Bucket {
    qint64 requests = 0, failed = 0, numbers = 0;
    double sum = 0;
    std::vector<double> times;
    std::map<QString, qint64> words;
};

double p95(std::vector<double> &times) {
    std::sort(times.begin(), times.end());
    return times.empty() ? std::nan("") : times[std::size_t(std::ceil(0.95 * double(times.size()))) - 1];
}

/// Of a forecast, or a list of rows, the first number or word.
QJsonValue firstOf(QJsonValue value) {
    while (value.isArray())
        value = value.toArray().isEmpty() ? QJsonValue() : value.toArray().first();
    return value;
}

void fromTraffic(const serving::Traffic &traffic, WorkloadMetrics &out) {
    std::map<int, std::array<Curve, 3>> curves;
    int newest = 0;
    for (const serving::TrafficBucket &bucket : traffic.buckets) {
        auto &[requests, errors, loss] = curves[bucket.revision];
        requests.points.emplace_back(bucket.start, double(bucket.requests) / double(std::max<qint64>(1, traffic.bucketSeconds)));
        errors.points.emplace_back(bucket.start, bucket.requests > 0 ? 100.0 * double(bucket.failed) / double(bucket.requests) : std::nan(""));
        if (std::isfinite(bucket.meanLoss))
            loss.points.emplace_back(bucket.start, bucket.meanLoss);
        newest = std::max(newest, bucket.revision);
    }
    for (auto &[revision, three] : curves) {
        const auto version = traffic.versions.find(revision);
        const QString name = version == traffic.versions.end() ? Text::tr("revision %1").arg(revision) : QStringLiteral("v%1").arg(version->second);
        for (Curve &curve : three) {
            curve.name = name;
            curve.newest = revision == newest;
        }
        if (out.source.isEmpty())
            out.marks.push_back({three[0].points.front().first, name});
        if (!three[2].points.empty())
            out.mix.push_back(three[2]);
        if (out.source.isEmpty()) {
            out.requests.push_back(three[0]);
            out.errors.push_back(three[1]);
        }
    }
    if (!out.mix.empty()) {
        out.mixIs = WorkloadMetrics::Mix::Loss;
        out.mixSource = Text::tr("prediction log");
    }
}

} // namespace

std::vector<LoggedAnswer> answersOf(const QJsonArray &log) {
    std::vector<LoggedAnswer> out;
    for (const QJsonValue &value : log) {
        const QJsonObject o = value.toObject();
        LoggedAnswer one;
        one.when = QDateTime::fromString(o.value(Q("timestamp")).toString(), Qt::ISODateWithMs);
        if (!one.when.isValid())
            continue;
        one.when = one.when.toUTC();
        const QJsonValue version = o.value(Q("model_version")), status = o.value(Q("status")); // a number, or the reference services' "success"
        one.version = version.isDouble() ? QStringLiteral("v%1").arg(version.toInt()) : version.toString();
        if (!one.version.isEmpty() && one.version.front().isDigit())
            one.version.prepend(QLatin1Char('v'));
        if (status.isDouble() && status.toInt() >= 400 && status.toInt() < 500)
            continue; // what clients send wrong counts for nobody
        one.failed = status.isDouble() ? status.toInt() >= 500 : !(status.isUndefined() || status.toString() == Q("success") || status.toString() == Q("ok"));
        one.milliseconds = o.value(Q("response_time_ms")).toDouble();
        const QJsonValue first = firstOf(o.value(Q("prediction")));
        if (first.isDouble())
            one.number = first.toDouble();
        else
            one.word = first.isBool() ? (first.toBool() ? QStringLiteral("true") : QStringLiteral("false")) : first.toString();
        out.push_back(std::move(one));
    }
    return out;
}

void curvesOfAnswers(std::vector<LoggedAnswer> answers, int seconds, WorkloadMetrics &out) {
    std::sort(answers.begin(), answers.end(), [](const LoggedAnswer &a, const LoggedAnswer &b) { return a.when < b.when; });
    std::map<QString, std::map<qint64, Bucket>> versions;
    QString newest;
    QMap<QString, QDateTime> began;
    std::set<QString> words;
    for (const LoggedAnswer &one : answers) {
        const QString version = one.version.isEmpty() ? Text::tr("no version") : one.version;
        if (!began.contains(version)) {
            began.insert(version, one.when);
            newest = version;
        }
        Bucket &bucket = versions[version][one.when.toSecsSinceEpoch() / seconds];
        ++bucket.requests;
        bucket.failed += one.failed;
        if (one.milliseconds > 0)
            bucket.times.push_back(one.milliseconds);
        if (one.number) {
            bucket.sum += *one.number;
            ++bucket.numbers;
        } else if (!one.word.isEmpty()) {
            ++bucket.words[one.word];
            words.insert(one.word);
        }
    }
    if (words.size() > mostWords) { // the most frequent ones
        std::map<QString, qint64> counts;
        for (const auto &[version, buckets] : versions)
            for (const auto &[number, bucket] : buckets)
                for (const auto &[word, count] : bucket.words)
                    counts[word] += count;
        std::vector<QString> byCount(words.begin(), words.end());
        std::stable_sort(byCount.begin(), byCount.end(), [&](const QString &a, const QString &b) { return counts[a] > counts[b]; });
        words = std::set<QString>(byCount.begin(), byCount.begin() + mostWords);
    }
    const bool mixWanted = out.mixIs == WorkloadMetrics::Mix::None, restWanted = out.source.isEmpty();
    for (auto &[version, buckets] : versions) {
        Curve requests{version, version == newest, {}}, errors = requests, latency = requests, mean = requests;
        std::map<QString, Curve> shares;
        for (auto &[number, bucket] : buckets) {
            const QDateTime when = QDateTime::fromSecsSinceEpoch(number * seconds, Qt::UTC);
            requests.points.emplace_back(when, double(bucket.requests) / seconds);
            errors.points.emplace_back(when, 100.0 * double(bucket.failed) / double(bucket.requests));
            latency.points.emplace_back(when, p95(bucket.times));
            if (bucket.numbers > 0)
                mean.points.emplace_back(when, bucket.sum / double(bucket.numbers));
            qint64 said = 0;
            for (const auto &[word, count] : bucket.words)
                said += count;
            for (const QString &word : words) {
                Curve &share = shares[word];
                share.name = QStringLiteral("%1: %2").arg(version, word);
                share.newest = version == newest;
                if (said > 0) {
                    const auto found = bucket.words.find(word);
                    share.points.emplace_back(when, 100.0 * double(found == bucket.words.end() ? 0 : found->second) / double(said));
                }
            }
        }
        if (mixWanted && !words.empty())
            for (const auto &[word, share] : shares)
                out.mix.push_back(share);
        else if (mixWanted && !mean.points.empty())
            out.mix.push_back(mean);
        if (restWanted) {
            out.requests.push_back(requests);
            out.errors.push_back(errors);
            out.latency.push_back(latency);
            out.marks.push_back({began.value(version), version});
        }
    }
    if (mixWanted && !out.mix.empty())
        out.mixIs = words.empty() ? WorkloadMetrics::Mix::Mean : WorkloadMetrics::Mix::Share;
}

void addLogMetrics(const Services &services, const workspace::Model *model, WorkloadMetrics &out, std::stop_token token) {
    if (!model) {
        out.mixMissing = Text::tr("This workload is no model's deployment: name it as `deployment: {connection, target}` of a model.");
        return;
    }
    if (hasLog(services, *model))
        if (const auto traffic = trafficOf(services, *model); traffic && !traffic->buckets.empty()) {
            fromTraffic(*traffic, out);
            if (out.source.isEmpty()) {
                out.source = Text::tr("prediction log");
                out.from = std::min(out.from, traffic->from);
            }
        }
    if (!out.source.isEmpty() && out.mixIs != WorkloadMetrics::Mix::None)
        return;
    if (model->endpoint.url.isEmpty()) {
        out.mixMissing = Text::tr("%1 has no endpoint in the workspace whose log could be asked: `pilot connect endpoint %1 URL`.").arg(model->name);
        return;
    }
    const auto endpoint = endpointOf(services, model->name);
    const auto log = endpoint ? endpoint->client->getList(QStringLiteral("/logs/%1").arg(newestAnswers), 15000, token) : Result<QJsonArray>(endpoint.error());
    if (!log) {
        out.mixMissing = Text::tr("The log of %1 cannot be read: %2").arg(model->endpoint.url, log.error().text());
        return;
    }
    std::vector<LoggedAnswer> answers = answersOf(*log);
    std::erase_if(answers, [&](const LoggedAnswer &one) { return one.when < out.from; });
    if (answers.empty()) {
        out.mixMissing = Text::tr("%1 was not asked in the last hour.").arg(model->endpoint.url);
        return;
    }
    curvesOfAnswers(std::move(answers), bucketSeconds, out);
    const QString place = model->endpoint.url + QStringLiteral("/logs");
    if (out.source.isEmpty())
        out.source = place;
    if (out.mixSource.isEmpty() && out.mixIs != WorkloadMetrics::Mix::None)
        out.mixSource = place;
}

} // namespace pilothouse::fleet
