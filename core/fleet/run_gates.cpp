// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/run_gates.h"

#include "core/workspace/gate_read.h"

namespace pilothouse::fleet {
namespace {

using Q = QLatin1String;

std::optional<double> figureOf(const pipelines::PipelineRun &run, const QString &name) {
    if (name == Q("coverage"))
        return run.coverage;
    if (name == Q("seconds"))
        return run.started.isValid() && run.ended.isValid() ? std::optional(double(run.started.msecsTo(run.ended)) / 1000) : std::nullopt;
    if (!workspace::runGateNames().contains(name)) {
        const auto metric = run.metrics.find(name);
        return metric == run.metrics.end() ? std::nullopt : std::optional(metric.value());
    }
    if (!run.tests)
        return std::nullopt;
    return name == Q("tests_passed") ? run.tests->passed : name == Q("tests_failed") ? run.tests->failed : name == Q("tests_skipped") ? run.tests->skipped : run.tests->passed + run.tests->failed + run.tests->skipped;
}

} // namespace

QString RunGate::text() const {
    return known ? QStringLiteral("%1 is %2, gate %3").arg(gate.metric, QString::number(value, 'g', 6), gate.text()) : QStringLiteral("%1 is not told by the run, gate %2").arg(gate.metric, gate.text());
}

std::vector<RunGate> runGatesOf(const workspace::Model &model, const pipelines::PipelineRun &run) {
    std::vector<RunGate> all;
    for (const QString &text : model.pipeline.other.value(QStringLiteral("gates")).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const auto gate = workspace::parseGate(text);
        if (!gate)
            continue;
        const auto value = figureOf(run, gate->metric);
        all.push_back({*gate, value.has_value(), value && gate->passes(*value), value.value_or(0)});
    }
    return all;
}

QString failedRunGates(const std::vector<RunGate> &gates) {
    QStringList failed;
    for (const RunGate &gate : gates)
        if (!gate.passed)
            failed << gate.text();
    return failed.join(QStringLiteral("; "));
}

QString failedRunGates(const workspace::Workspace &workspace, const pipelines::Gate &gate, const pipelines::PipelineRun *run) {
    const workspace::Model *model = workspace.model(gate.model);
    return model ? failedRunGates(runGatesOf(*model, run ? *run : pipelines::PipelineRun())) : QString();
}

} // namespace pilothouse::fleet
