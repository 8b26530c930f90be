// SPDX-License-Identifier: GPL-3.0-or-later
// bench_registry FOLDER [URL]: 10,000 runs (20 metrics, 15 params, 8 tags) and 10,000 versions from the cache in FOLDER, filtered, sorted and offered;
// the median of seven, in ms by the clock and of CPU. With the URL of an MLflow server its runs are read: the first piece and all.
#include "core/registry/mlflow_registry.h"
#include "core/registry/run_cache.h"
#include "tests/bench/stopwatch.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>
#include <functional>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {

constexpr int runCount = 10000, versionCount = 10000;

std::vector<Run> madeRuns() {
    std::vector<Run> runs;
    quint32 seed = 1;
    const auto draw = [&](quint32 below) { return (seed = seed * 1664525u + 1013904223u) / 65536u % below; };
    const QDateTime begin(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
    for (int i = 0; i < runCount; ++i) {
        Run run;
        run.id = QStringLiteral("%1").arg(i * 2654435761u, 32, 16, QLatin1Char('0'));
        run.experiment = QStringLiteral("experiment %1").arg(i % 12);
        run.name = QStringLiteral("gentle-crane-%1").arg(i);
        run.user = QStringLiteral("user%1").arg(i % 9);
        run.status = i % 20 ? RunStatus::Finished : RunStatus::Failed;
        run.started = begin.addSecs(60 * (runCount - i));
        run.ended = run.started.addSecs(draw(5000));
        for (int k = 0; k < 20; ++k)
            run.metrics.insert(QStringLiteral("metric_%1").arg(k, 2, 10, QLatin1Char('0')), draw(100000) / 1000.0);
        for (int k = 0; k < 15; ++k)
            run.params.insert(QStringLiteral("param_%1").arg(k, 2, 10, QLatin1Char('0')), QString::number(draw(k % 3 ? 40 : 100000) / 10.0));
        for (int k = 0; k < 8; ++k)
            run.tags.insert(QStringLiteral("team.tag_%1").arg(k), QStringLiteral("value %1").arg(draw(30)));
        run.artifactFolder = QStringLiteral("mlflow-artifacts:/%1/%2/artifacts").arg(i % 12).arg(run.id);
        runs.push_back(std::move(run));
    }
    return runs;
}

KnownModels madeModels() {
    KnownModels known;
    for (int m = 0; m < 20; ++m) {
        RegisteredModel model;
        model.name = QStringLiteral("model-%1").arg(m);
        model.latestVersion = versionCount / 20;
        known.models.push_back(model);
        for (int v = versionCount / 20; v > 0; --v) {
            Version version;
            version.model = model.name;
            version.version = v;
            version.runId = QStringLiteral("%1").arg(m * 1000 + v, 32, 16, QLatin1Char('0'));
            version.source = QStringLiteral("mlflow-artifacts:/1/%1/artifacts/model").arg(version.runId);
            version.user = QStringLiteral("ada");
            version.tags = {{QStringLiteral("validated"), QStringLiteral("yes")}, {QStringLiteral("pilothouse.digest"), version.runId}};
            version.created = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC).addSecs(v);
            known.versions.push_back(version);
        }
    }
    known.read = QDateTime::currentDateTimeUtc();
    return known;
}

QJsonObject medianMs(const std::function<void()> &body) {
    std::vector<double> took, used;
    for (int i = 0; i < 7; ++i) {
        const double begun = wall(), begunCpu = cpu();
        body();
        took.push_back((wall() - begun) * 1000);
        used.push_back((cpu() - begunCpu) * 1000);
    }
    return {{QStringLiteral("ms"), median(took)}, {QStringLiteral("cpu"), median(used)}};
}

Result<QJsonObject> measureCache(const QString &folder) {
    const QString file = folder + QStringLiteral("/known.db"), name = QStringLiteral("lab"), address = QStringLiteral("x");
    const auto made = madeRuns();
    {
        PH_ASSIGN(const auto cache, RunCache::open(file));
        PH_ASSIGN(const KnownRuns known, cache->runs(name, address));
        if (known.runs.size() != made.size()) {
            PH_TRY(cache->change(name, address, made, {}));
            PH_TRY(cache->setRead(name, address, QDateTime::currentDateTimeUtc()));
            PH_TRY(cache->setModels(name, address, madeModels()));
        }
    }
    QJsonObject out;
    std::size_t seen = 0, first = 0;
    out[QStringLiteral("cache_runs")] = medianMs([&] { seen += RunCache::open(file).value()->runs(name, address)->runs.size(); });
    out[QStringLiteral("cache_first")] = medianMs([&] { first += RunCache::open(file).value()->runs(name, address, 300)->runs.size(); });
    out[QStringLiteral("cache_versions")] = medianMs([&] { seen += RunCache::open(file).value()->models(name, address)->versions.size(); });
    if (seen != 7u * (runCount + versionCount))
        return invalid(QStringLiteral("The cache gave %1 rows.").arg(seen));
    const auto filter = RunFilter::parse(QStringLiteral("metrics.metric_03 < 50 AND params.param_04 = '1.5' OR tags.`team.tag_2` ILIKE '%VALUE 1%' AND NOT status = 'FAILED'")).value();
    const auto words = RunFilter::parse(QStringLiteral("crane-77 user")).value();
    const QDateTime now = QDateTime::currentDateTimeUtc();
    std::size_t passing = 0;
    out[QStringLiteral("filter")] = medianMs([&] { passing = shownRuns(made, filter, {}, now).size(); });
    out[QStringLiteral("filter_passes")] = qint64(passing);
    out[QStringLiteral("words")] = medianMs([&] { passing = shownRuns(made, words, {}, now).size(); });
    out[QStringLiteral("words_pass")] = qint64(passing);
    for (const char *by : {"metrics.metric_07", "params.param_04", "run_name"}) {
        const RunOrder order{runColumn(QLatin1String(by)).value(), true};
        out[QStringLiteral("sort_%1").arg(QLatin1String(by))] = medianMs([&] { passing = shownRuns(made, {}, order, now).size(); });
    }
    RunVocabulary known;
    out[QStringLiteral("vocabulary")] = medianMs([&] { known = vocabularyOf(made); });
    out[QStringLiteral("completions")] = medianMs([&] { passing = completions(QStringLiteral("metrics.metric_03 < 50 AND param"), 31, known).items.size(); });
    return out;
}

Result<void> measureServer(const QString &url, const QString &folder, QJsonObject &out) {
    const auto registry = mlflowRegistry(MlflowApi(std::make_shared<net::HttpClient>(), {url, {}, {}}), folder);
    RunReading reading({}, RunReading::Everything);
    const double begun = wall();
    double first = 0;
    while (!reading.isDone()) {
        PH_TRY(reading.step(*registry));
        if (first == 0)
            first = wall() - begun;
    }
    out[QStringLiteral("server_first_ms")] = first * 1000;
    out[QStringLiteral("server_all_ms")] = (wall() - begun) * 1000;
    out[QStringLiteral("server_runs")] = qint64(reading.runs()->size());
    const double again = wall();
    RunReading changes(reading.runs(), RunReading::Changes);
    while (!changes.isDone())
        PH_TRY(changes.step(*registry));
    out[QStringLiteral("server_changes_ms")] = (wall() - again) * 1000;
    return {};
}

} // namespace

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "bench_registry FOLDER [URL]\n");
        return 2;
    }
    const QString folder = QString::fromLocal8Bit(argv[1]);
    auto out = measureCache(folder);
    if (out && argc > 2)
        if (const auto served = measureServer(QString::fromLocal8Bit(argv[2]), folder, *out); !served)
            out = served.error();
    if (!out) {
        std::fprintf(stderr, "%s\n", qUtf8Printable(out.error().text()));
        return exitCode(out.error().kind);
    }
    std::printf("%s\n", QJsonDocument(*out).toJson(QJsonDocument::Compact).constData());
    return 0;
}
