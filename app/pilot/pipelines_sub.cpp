// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/pipelines_sub.h"

#include "core/fleet/deploy_watch.h"
#include "core/fleet/services.h"
#include "core/pipelines/local_pipelines.h"
#include "core/pipelines/pipeline_json.h"

#include <QJsonDocument>
#include <QLocale>

#include <algorithm>

namespace pilothouse {

using Q = QLatin1String;
using pipelines::State;

namespace {

struct Entry {
    std::string name, help;
    Verb::Builder builder;
};

std::vector<Entry> &entries() { // the files' order is the linker's
    static std::vector<Entry> all;
    return all;
}

QString seconds(double value) {
    if (value < 100)
        return QStringLiteral("%1 s").arg(value, 0, 'f', value < 10 ? 1 : 0);
    return QStringLiteral("%1 min").arg(value / 60, 0, 'f', value < 600 ? 1 : 0);
}

QJsonValue valueFrom(const QString &text) {
    if (text == Q("true") || text == Q("false"))
        return text == Q("true");
    if (text.startsWith(QLatin1Char('{')) || text.startsWith(QLatin1Char('['))) {
        const auto document = QJsonDocument::fromJson(text.toUtf8());
        if (!document.isNull())
            return document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    }
    bool isNumber = false;
    const double number = QLocale::c().toDouble(text, &isNumber);
    // "007" and "1e3" are names, too: only what reads back as it was written is a number
    return isNumber && QLocale::c().toString(number, 'g', QLocale::FloatingPointShortest).remove(QLatin1Char(',')) == text ? QJsonValue(number) : QJsonValue(text);
}

QString stageText(const pipelines::Stage &stage) {
    QString text = QStringLiteral("  %1 %2").arg(stage.name, -9).arg(pipelines::stateName(stage.state), -9);
    if (stage.started.isValid() && stage.ended.isValid())
        text += QStringLiteral(" %1").arg(seconds(double(stage.started.msecsTo(stage.ended)) / 1000));
    if (stage.medianSeconds > 0)
        text += QStringLiteral(" (usually %1)").arg(seconds(stage.medianSeconds));
    text += stage.note.isEmpty() ? QStringLiteral("\n") : QStringLiteral("  %1\n").arg(stage.note);
    if (stage.attempts.size() > 1)
        for (const pipelines::Attempt &a : stage.attempts)
            text += QStringLiteral("    attempt %1  %2  %3\n").arg(a.number).arg(pipelines::stateName(a.state), a.note);
    return text;
}

/// The facts of a run that only some have, a line each.
QString factsText(const pipelines::PipelineRun &run) {
    QString text;
    const auto line = [&](const char *name, const QString &value) {
        if (!value.isEmpty())
            text += QStringLiteral("%1 %2\n").arg(QLatin1String(name), value);
    };
    line("commit", run.commit.isEmpty() ? QString() : run.commit.left(12) + (run.branch.isEmpty() ? QString() : QStringLiteral(" on ") + run.branch));
    line("built for", run.changed.join(QStringLiteral(", ")));
    for (auto it = run.images.begin(); it != run.images.end(); ++it)
        line("image", it.key() + QLatin1Char(':') + it.value());
    if (run.tests)
        line("tests", QStringLiteral("%1 passed, %2 failed, %3 skipped").arg(run.tests->passed).arg(run.tests->failed).arg(run.tests->skipped));
    if (run.coverage)
        line("coverage", QStringLiteral("%1 %").arg(*run.coverage, 0, 'f', 1));
    QStringList metrics;
    for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it)
        metrics << QStringLiteral("%1 %2").arg(it.key()).arg(it.value(), 0, 'g', 6);
    line("metrics", metrics.join(QStringLiteral(", ")));
    line("note", run.note);
    if (run.merged)
        line("note", QStringLiteral("joined with a start that waited already"));
    line("became", run.became);
    if (run.gates > 0)
        line("gates", QStringLiteral("%1 waiting: pilot pipelines gates").arg(run.gates));
    line("page", run.link);
    return text;
}

} // namespace

PipelinesSub::PipelinesSub(const char *name, const char *help, Verb::Builder builder) { entries().push_back({name, help, std::move(builder)}); }

void addPipelinesSubs(CLI::App &app, VerbBody &body) {
    std::sort(entries().begin(), entries().end(), [](const Entry &a, const Entry &b) { return a.name < b.name; });
    for (const Entry &entry : entries()) {
        CLI::App *sub = app.add_subcommand(entry.name, entry.help);
        sub->fallthrough();
        entry.builder(*sub, body);
    }
}

Result<std::shared_ptr<pipelines::PipelineService>> pipelinesOf(Context &context) {
    PH_ASSIGN(const auto services, context.services());
    if (auto *local = pipelines::localPart(*services->pipelines))
        local->watchDeploys(fleet::deployWatcher(services->promotions));
    return services->pipelines;
}

std::vector<std::pair<std::shared_ptr<pipelines::PipelineService>, QString>> systemsOf(const std::shared_ptr<pipelines::PipelineService> &service, const QString &of, Result<void> &why) {
    const auto *all = dynamic_cast<const pipelines::AllPipelines *>(service.get());
    if (!all)
        return {{service, of}};
    if (!of.isEmpty()) {
        const auto place = all->whose(of);
        if (!place) {
            why = place.error();
            return {};
        }
        return {*place};
    }
    std::vector<std::pair<std::shared_ptr<pipelines::PipelineService>, QString>> out{{all->local(), {}}};
    for (const auto &other : all->others())
        out.emplace_back(other, QString());
    return out;
}

QJsonObject systemProblem(Context &context, const pipelines::PipelineService &system, const Error &error) {
    context.note(QStringLiteral("%1: %2").arg(system.source(), error.text()));
    QJsonObject problem = errorToJson(error);
    problem.insert(Q("connection"), system.source());
    return problem;
}

Result<QJsonObject> parametersFrom(const std::vector<std::string> &given) {
    QJsonObject parameters;
    for (const std::string &raw : given) {
        const QString text = QString::fromStdString(raw), key = text.section(QLatin1Char('='), 0, 0), value = text.section(QLatin1Char('='), 1);
        if (!text.contains(QLatin1Char('=')) || key.isEmpty())
            return invalid(QStringLiteral("--param expects NAME=VALUE.")); // not the text: it may hold a credential
        parameters.insert(key, valueFrom(value));
    }
    return parameters;
}

QString shortUtc(const QDateTime &time) { return time.isValid() ? time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) : QString(); }

QString runLine(const pipelines::PipelineRun &run) {
    QString line = QStringLiteral("%1  %2  %3  %4").arg(run.id, -12).arg(pipelines::stateName(run.state), -9).arg(shortUtc(run.started), run.startedBy);
    for (const auto &stage : run.stages)
        if (stage.state == State::Running || stage.state == State::Paused || stage.state == State::Failed)
            line += QStringLiteral("  [%1] %2").arg(stage.name, stage.note);
    if (run.stages.empty() && !run.note.isEmpty())
        line += QStringLiteral("  ") + run.note;
    return line;
}

QString runText(const pipelines::PipelineRun &run) {
    QString text = QStringLiteral("%1  %2%3\n").arg(run.id, pipelines::stateName(run.state), run.systemState.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(run.systemState));
    if (run.started.isValid() || !run.startedBy.isEmpty())
        text += QStringLiteral("started %1 UTC by %2%3\n").arg(shortUtc(run.started), run.startedBy, run.reason.isEmpty() ? QString() : QStringLiteral(": ") + run.reason);
    text += factsText(run);
    for (const auto &stage : run.stages)
        text += stageText(stage);
    if (run.version > 0)
        text += QStringLiteral("registered version %1 of %2\n").arg(run.version).arg(run.model);
    if (run.error)
        text += run.error->text() + QLatin1Char('\n');
    return text.trimmed();
}

Result<void> answerRun(Context &context, const pipelines::PipelineRun &run) {
    context.answer(pipelines::toJson(run), runText(run));
    context.exitCodeWanted = run.state == State::Failed || run.state == State::Cancelled ? 1 : 0;
    return {};
}

} // namespace pilothouse
