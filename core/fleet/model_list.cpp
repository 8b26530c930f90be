// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/model_list.h"

#include "core/base/events.h"
#include "core/fleet/managed_alerts.h"
#include "core/fleet/skew_watch.h"
#include "core/secrets/vault_store.h"

#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>
#include <thread>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

QString driftVerdict(const drift::DriftReport *report) {
    if (!report)
        return QStringLiteral("not told");
    const auto any = [&](auto &&of) { return std::any_of(report->columns.begin(), report->columns.end(), [&](const drift::ColumnDrift &c) { return c.role.isEmpty() && of(c); }); };
    if (any([](const drift::ColumnDrift &c) { return c.drifted; }))
        return QStringLiteral("drifted");
    if (any([](const drift::ColumnDrift &c) { return c.warning; }))
        return QStringLiteral("moderate");
    return any([](const drift::ColumnDrift &c) { return !c.tooFewRows; }) ? QStringLiteral("steady") : QStringLiteral("too few rows");
}

void addEndpoint(const Services &services, ListedModel &model) {
    const ModelRow &row = model.row;
    if (!row.endpointUrl.isEmpty()) {
        const std::vector<ServedReport> reports = services.skew->known(row.name);
        const auto answers = std::any_of(reports.begin(), reports.end(), [](const ServedReport &r) { return r.problem.isEmpty(); });
        model.endpoint = answers ? QStringLiteral("answers") : reports.empty() ? QStringLiteral("not asked") : QStringLiteral("no answer");
        if (!answers && !reports.empty())
            model.endpointProblem = reports.front().problem;
    } else if (row.rollout) {
        model.endpoint = cluster::rolloutPhaseName(row.rollout->phase);
        model.endpointProblem = row.seen.reachable ? QString() : row.seen.problem;
    } else if (!row.seen.reachable) {
        model.endpoint = QStringLiteral("no answer");
        model.endpointProblem = row.seen.problem;
    }
}

const registry::Run *championRun(const Snapshot &snapshot, const ModelRow &row) {
    for (const registry::Version &version : snapshot.versions)
        if (version.model == row.name && version.version == row.liveVersion)
            for (const registry::Run &run : snapshot.runs)
                if (run.id == version.runId)
                    return &run;
    return nullptr;
}

/// One that fails before anything of it is open.
ListedWorkspace unreadable(const QString &file, const Error &error, const QDateTime &now) {
    ListedWorkspace out;
    out.file = file;
    out.error = error;
    out.read = now;
    if (const auto workspace = workspace::readWorkspace(file)) // only its files are what fails
        out.name = workspace->name;
    return out;
}

QJsonValue orNull(const std::optional<int> &value) { return value ? QJsonValue(*value) : QJsonValue(); }

QJsonArray itemsJson(const std::vector<InboxItem> &items) {
    QJsonArray all;
    for (const InboxItem &item : items)
        all.append(QJsonObject{{Q("id"), item.id}, {Q("title"), item.title}, {Q("sentence"), item.sentence}, {Q("since"), isoUtc(item.since)}});
    return all;
}

QString healthName(Health health) {
    static const char *const names[] = {"ok", "warn", "bad", "paused", "running", "unknown"};
    return Q(names[int(health)]);
}

} // namespace

QJsonObject ListedModel::toJson(const QDateTime &now) const {
    const QJsonObject drifted{{Q("verdict"), drift}, {Q("column"), row.worstColumn}, {Q("psi"), row.worstPsi ? QJsonValue(*row.worstPsi) : QJsonValue()}};
    return {{Q("model"), row.name}, {Q("health"), healthName(row.health)}, {Q("champion"), orNull(row.liveVersion)}, {Q("candidate"), orNull(row.candidateVersion)}, {Q("latest"), orNull(row.latestVersion)},
            {Q("headline"), headline.toJson()}, {Q("yesterday"), yesterday ? QJsonValue(yesterday->toJson()) : QJsonValue()}, {Q("newest"), row.newestModel ? QJsonValue(isoUtc(*row.newestModel)) : QJsonValue()},
            {Q("age_s"), row.newestModel ? QJsonValue(row.newestModel->secsTo(now)) : QJsonValue()}, {Q("stale"), row.stale}, {Q("stale_after"), row.stalenessLimit}, {Q("drift"), drifted},
            {Q("skew"), row.served.toJson()}, {Q("endpoint"), QJsonObject{{Q("state"), endpoint}, {Q("url"), row.endpointUrl}, {Q("serves"), orNull(row.servedVersion)}, {Q("problem"), endpointProblem}}},
            {Q("alerts"), itemsJson(alerts)}};
}

QJsonObject ListedWorkspace::toJson() const {
    QJsonArray rows, failed;
    for (const ListedModel &model : models)
        rows.append(model.toJson(read));
    for (const Error &problem : problems)
        failed.append(errorToJson(problem));
    return {{Q("workspace"), name}, {Q("file"), file}, {Q("error"), error ? QJsonValue(errorToJson(*error)) : QJsonValue()}, {Q("read"), read.isValid() ? QJsonValue(isoUtc(read)) : QJsonValue()},
            {Q("models"), rows}, {Q("alerts"), itemsJson(alerts)}, {Q("problems"), failed}};
}

ListedWorkspace listModels(const Services &services, int patienceMs, std::stop_token stop) {
    services.skew->refresh(services, stop);
    services.managed->refresh(services, stop);
    Snapshot snapshot = readSnapshot(services, patienceMs);
    ListedWorkspace out{services.workspace.file, services.workspace.name, {}, {}, {}, std::move(snapshot.problems), services.notes, snapshot.read};
    for (const ModelRow &row : snapshot.models) {
        ListedModel model;
        model.row = row;
        if (const workspace::Model *declared = services.workspace.model(row.name)) {
            model.headline = headlineOf(*declared, row, championRun(snapshot, row));
            if (auto day = accuracyOfDay(services, *declared, yesterdayIn(services.workspace, snapshot.read)))
                model.yesterday = *std::move(day);
            else if (day.error().kind != ErrorKind::NotFound && day.error().kind != ErrorKind::Invalid) // no log, or a name that can be none
                out.problems.push_back(day.error());
        }
        if (model.headline.over())
            model.row.health = Health::Bad;
        model.drift = driftVerdict(row.drift.get());
        addEndpoint(services, model);
        out.models.push_back(std::move(model));
    }
    for (InboxItem &item : snapshot.inbox) {
        if (item.group != InboxGroup::Broken)
            continue;
        const auto of = std::find_if(out.models.begin(), out.models.end(), [&](const ListedModel &m) { return m.row.name == item.model; });
        (of == out.models.end() ? out.alerts : of->alerts).push_back(std::move(item));
    }
    return out;
}

std::vector<ListedWorkspace> listWorkspaces(const QStringList &files, const ServiceOptions &how, int patienceMs, std::stop_token stop) {
    QStringList once;
    for (const QString &file : files) {
        const QString real = QFileInfo(file).canonicalFilePath(), path = real.isEmpty() ? QFileInfo(file).absoluteFilePath() : real;
        if (!once.contains(path))
            once << path;
    }
    const QDateTime now = how.clock ? how.clock->nowUtc() : SystemClock().nowUtc();
    std::vector<ListedWorkspace> all(std::size_t(once.size()));
    std::vector<std::jthread> threads;
    for (qsizetype i = 0; i < once.size(); ++i) {
        ServiceOptions options = how;
        options.workspaceFile = once[i];
        const auto services = openServices(options); // one after the other: a keychain asks its person once
        if (!services) {
            all[std::size_t(i)] = unreadable(once[i], services.error(), now);
            continue;
        }
        threads.emplace_back([services = *services, &into = all[std::size_t(i)], patienceMs, stop] {
            try {
                into = listModels(*services, patienceMs, stop);
            } catch (const std::exception &e) {
                into.error = internalError(e);
            }
            services->vaults->signOut();
        });
    }
    threads.clear(); // joins them
    return all;
}

} // namespace pilothouse::fleet
