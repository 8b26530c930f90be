// SPDX-License-Identifier: GPL-3.0-or-later
// The drift panel's commands for a service elsewhere that has a retraining policy of its own (/retrain/trigger, /retrain/config).
#include "widgets/base/run_verb.h"
#include "widgets/base/write_gate.h"
#include "widgets/drift/drift_panel.h"

namespace pilothouse::ui {

void DriftPanel::addEndpointPolicyActions() {
    const auto add = [this](const QString &actionId, const QString &text, const QString &of, const QString &icon, const char *kind, const QStringList &verb, const QString &done) {
        ActionSpec spec;
        spec.id = actionId;
        spec.text = text;
        spec.icon = icon;
        spec.section = tr("Commands");
        spec.panel = id();
        spec.blocked = [this](const QString &model) {
            const fleet::ModelRow *m = row(model);
            return !m ? tr("Choose a model first.") : m->endpointUrl.isEmpty() ? tr("The workspace names no service elsewhere that serves it (endpoint: {url: …}).") : QString();
        };
        spec.targets = [this, of] {
            std::vector<ActionTarget> out;
            for (const fleet::ModelRow &m : m_snapshot.models)
                if (!m.endpointUrl.isEmpty())
                    out.push_back({m.name, of.arg(m.name), m.endpointUrl});
            return out;
        };
        spec.gate = [this, kind](const QString &model) { return writeGate(context(), kind, QStringLiteral("model ") + model); };
        spec.run = [this, of, verb, done](const QString &model, const QString &) { runVerb(context(), this, of.arg(model), model, QStringList{QStringLiteral("retrain")} + verb + QStringList{model, QStringLiteral("--there")}, done.arg(model)); };
        actions().add(spec);
    };
    add(QStringLiteral("retrain.there"), tr("Retrain by the service"), tr("Have the service of %1 retrain it"), QStringLiteral("train"), "endpoint-retrain", {QStringLiteral("run")}, tr("The service of %1 retrains it"));
    add(QStringLiteral("retrain.thereOff"), tr("Switch off retraining by the service"), tr("Switch off retraining by the service of %1"), QStringLiteral("refresh"), "endpoint-retrain-config", {QStringLiteral("disable")},
        tr("The service of %1 no longer retrains it by itself"));
    add(QStringLiteral("retrain.thereOn"), tr("Switch on retraining by the service"), tr("Switch on retraining by the service of %1"), QStringLiteral("refresh"), "endpoint-retrain-config", {QStringLiteral("enable")},
        tr("The service of %1 retrains it by its policy"));
}

} // namespace pilothouse::ui
