// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/selective_builds.h"

#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::pipelines {

QString serviceOfStage(const QString &stage) {
    static const QRegularExpression form(QStringLiteral("^(?:test|lint|build|push|publish|deploy)(?:\\s*[:–-]\\s*|\\s+)(?!(?:to|from|on|in|the|and|all|with)\\b)(?:the\\s+)?([\\w][\\w .&+-]*?)(?:\\s+(?:image|service))?$"),
                                         QRegularExpression::CaseInsensitiveOption);
    const QString last = stage.section(QStringLiteral(" ▸ "), -1).trimmed();
    const QRegularExpressionMatch match = form.match(last);
    const QString service = match.captured(1).trimmed();
    return service.compare(QLatin1String("docker"), Qt::CaseInsensitive) == 0 ? QString() : service;
}

QString serviceBuildName(ServiceBuild::Is is) {
    switch (is) {
    case ServiceBuild::Is::Built: return QStringLiteral("built");
    case ServiceBuild::Is::Failed: return QStringLiteral("failed");
    case ServiceBuild::Is::Skipped: return QStringLiteral("skipped");
    case ServiceBuild::Is::NotReached: return QStringLiteral("not-reached");
    case ServiceBuild::Is::Running: return QStringLiteral("running");
    }
    return {};
}

namespace {

bool builds(const Stage &stage) { return stage.name.section(QStringLiteral(" ▸ "), -1).startsWith(QLatin1String("build"), Qt::CaseInsensitive); }

ServiceBuild serviceBuild(const PipelineRun &run, const QString &service) {
    ServiceBuild build;
    build.service = service;
    build.run = run.id;
    build.when = run.started;
    bool ran = false, running = false, brokenBefore = false, broken = false;
    for (const Stage &stage : run.stages) {
        const bool own = serviceOfStage(stage.name) == service;
        if (!own) {
            broken = broken || stage.state == State::Failed || stage.state == State::Cancelled;
            continue;
        }
        if (stage.state == State::Skipped || stage.state == State::Waiting) {
            brokenBefore = brokenBefore || broken;
            continue;
        }
        ran = true;
        if (stage.state == State::Failed && build.stage.isEmpty())
            build.stage = stage.name;
        running = running || stage.state == State::Running || stage.state == State::Paused;
        broken = broken || stage.state == State::Failed || stage.state == State::Cancelled;
        brokenBefore = brokenBefore || stage.state == State::Cancelled;
    }
    build.is = !build.stage.isEmpty()                              ? ServiceBuild::Is::Failed
               : running                                           ? ServiceBuild::Is::Running
               : brokenBefore || (!ran && run.stages.empty())      ? ServiceBuild::Is::NotReached
               : ran                                               ? ServiceBuild::Is::Built
               : hasEnded(run.state)                               ? ServiceBuild::Is::Skipped
                                                                   : ServiceBuild::Is::NotReached;
    return build;
}

} // namespace

namespace {

std::vector<ServiceBuild> allServices(const PipelineRun &run) {
    QStringList services;
    for (const Stage &stage : run.stages) {
        const QString service = serviceOfStage(stage.name);
        // A service is what has a stage that builds it: "Test S" alone may be anything.
        const bool hasBuild = std::any_of(run.stages.begin(), run.stages.end(), [&](const Stage &other) { return builds(other) && serviceOfStage(other.name) == service; });
        if (!service.isEmpty() && hasBuild && !services.contains(service))
            services += service;
    }
    std::vector<ServiceBuild> all;
    for (const QString &service : services)
        all.push_back(serviceBuild(run, service));
    return all;
}

} // namespace

std::vector<ServiceBuild> servicesOf(const PipelineRun &run) {
    std::vector<ServiceBuild> all = allServices(run);
    const bool leaves = std::any_of(all.begin(), all.end(), [](const ServiceBuild &build) { return build.is == ServiceBuild::Is::Skipped; });
    return all.size() < 2 && !leaves ? std::vector<ServiceBuild>() : all;
}

void setChangedServices(std::vector<PipelineRun> &runs) {
    bool selective = false;
    std::vector<std::vector<ServiceBuild>> all;
    for (const PipelineRun &run : runs) {
        all.push_back(allServices(run)); // one that broke off shows its first service only
        selective = selective || std::any_of(all.back().begin(), all.back().end(), [](const ServiceBuild &build) { return build.is == ServiceBuild::Is::Skipped; });
    }
    for (std::size_t i = 0; selective && i < runs.size(); ++i)
        for (const ServiceBuild &build : all[i])
            if ((build.is == ServiceBuild::Is::Built || build.is == ServiceBuild::Is::Failed || build.is == ServiceBuild::Is::Running) && !runs[i].changed.contains(build.service))
                runs[i].changed += build.service;
}

namespace {

QString letters(const QString &text) {
    QString out;
    for (const QChar c : text)
        if (c.isLetterOrNumber())
            out += c.toLower();
    return out;
}

/// Sets what makes the job build the service. @return whether the form has such a thing
bool ask(StartRequest &start, const QString &service, const std::vector<Parameter> &form) {
    const QString word = letters(service);
    for (const Parameter &parameter : form) {
        QString name = letters(parameter.name);
        const bool about = name.contains(word);
        for (const char *verb : {"changed", "build", "force", "rebuild", "run"})
            name.remove(QLatin1String(verb));
        if (parameter.kind == Parameter::Kind::Boolean && about && name == word) {
            start.parameters.insert(parameter.name, true);
            return true;
        }
        const auto choice = std::find_if(parameter.choices.begin(), parameter.choices.end(), [&](const QString &one) { return letters(one) == word; });
        if (parameter.kind == Parameter::Kind::Choice && choice != parameter.choices.end()) {
            start.parameters.insert(parameter.name, *choice);
            return true;
        }
        if (parameter.kind == Parameter::Kind::Text && (name == QLatin1String("service") || name == QLatin1String("services") || name == QLatin1String("only"))) {
            start.parameters.insert(parameter.name, service);
            return true;
        }
    }
    return false;
}

} // namespace

std::vector<Notice> skippedBroken(const std::vector<PipelineRun> &runs, const std::vector<Parameter> &form) {
    std::vector<const PipelineRun *> order;
    for (const PipelineRun &run : runs)
        if (run.started.isValid())
            order.push_back(&run);
    std::stable_sort(order.begin(), order.end(), [](const PipelineRun *a, const PipelineRun *b) { return a->started < b->started; });
    struct Standing {
        ServiceBuild broken;
        const PipelineRun *run = nullptr;
        int skipped = 0;
    };
    QMap<QString, Standing> standing;
    for (const PipelineRun *run : order)
        for (const ServiceBuild &build : allServices(*run)) {
            if (build.is == ServiceBuild::Is::Failed)
                standing.insert(build.service, Standing{build, run, 0});
            else if (build.is == ServiceBuild::Is::Built || build.is == ServiceBuild::Is::Running)
                standing.remove(build.service);
            else if (build.is == ServiceBuild::Is::Skipped && standing.contains(build.service))
                ++standing[build.service].skipped;
        }
    std::vector<Notice> notices;
    for (auto it = standing.begin(); it != standing.end(); ++it) {
        if (it->skipped == 0)
            continue;
        Notice notice;
        notice.id = QStringLiteral("skipped-broken %1 %2").arg(it->broken.run, it.key());
        notice.kind = QStringLiteral("skipped-broken");
        notice.pipeline = it->run->pipeline;
        notice.run = it->broken.run;
        notice.since = it->broken.when;
        notice.fix = QStringLiteral("Build it");
        StartRequest start;
        start.pipeline = it->run->pipeline;
        start.reason = QStringLiteral("%1 failed in %2 and was skipped since").arg(it.key(), it->broken.run);
        const bool aimed = ask(start, it.key(), form);
        notice.sentence = QStringLiteral("%1 failed at “%2” and was skipped by %3 since: it stays as it was before.")
                              .arg(it.key(), it->broken.stage, it->skipped == 1 ? QStringLiteral("the run") : QStringLiteral("%1 runs").arg(it->skipped));
        if (!aimed)
            notice.sentence += QStringLiteral(" The job has no parameter that asks for one service: it is started as it is, and builds it only if it compares with its last successful build.");
        notice.start = start;
        notices.push_back(std::move(notice));
    }
    return notices;
}

} // namespace pilothouse::pipelines
