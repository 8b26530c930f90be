// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done in What-if: with the row and its request, and with the explanations of its second page.
#include "widgets/serving/what_if_panel.h"

#include "widgets/serving/endpoint_sheet.h"
#include "widgets/serving/explain_page.h"
#include "widgets/serving/input_slider.h"

#include <QClipboard>
#include <QGuiApplication>

namespace pilothouse::ui {

void WhatIfPanel::addActions() {
    ActionSpec reset;
    reset.id = QStringLiteral("whatif.reset");
    reset.text = tr("Typical row");
    reset.icon = QStringLiteral("undo");
    reset.section = tr("Commands");
    reset.panel = id();
    reset.run = [this](const QString &, const QString &) {
        for (InputSlider *slider : m_sliders)
            slider->reset();
    };
    actions().add(reset);
    ActionSpec copy;
    copy.id = QStringLiteral("whatif.copy");
    copy.text = tr("Copy as curl");
    copy.icon = QStringLiteral("copy");
    copy.section = tr("Commands");
    copy.panel = id();
    copy.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C);
    copy.blocked = [this](const QString &) { return m_served ? QString() : tr("Nothing has answered yet."); };
    copy.run = [this](const QString &, const QString &) {
        // Keys are named, never shown: a copied command ends up in chats and histories.
        QGuiApplication::clipboard()->setText(fleet::curlCommand(m_served->where, fleet::columnsOf(m_form.signature), fleet::rowObject(m_form.signature, row())));
    };
    actions().add(copy);
    ActionSpec endpoint;
    endpoint.id = QStringLiteral("whatif.endpoint");
    endpoint.text = tr("Endpoint…");
    endpoint.icon = QStringLiteral("connect");
    endpoint.section = tr("Commands");
    endpoint.panel = id();
    endpoint.blocked = [this](const QString &) {
        if (m_snapshot.role == workspace::Role::Viewer)
            return tr("Needs role operator.");
        return m_snapshot.models.empty() ? tr("There is no model yet.") : QString();
    };
    endpoint.run = [this](const QString &argument, const QString &) {
        const QString model = !argument.isEmpty() ? argument : !m_model.isEmpty() ? m_model : m_snapshot.models.front().name;
        int version = 0;
        for (const fleet::ModelRow &m : m_snapshot.models)
            if (m.name == model)
                version = m.liveVersion.value_or(m.latestVersion.value_or(0));
        (new EndpointSheet(context(), model, version, window()))->open();
    };
    actions().add(endpoint);
    addExplainActions();
}

/// They are here before their page is: it is built when it is first wanted.
void WhatIfPanel::addExplainActions() {
    const auto make = [this](const char *actionId, const QString &text, const char *icon, const QKeySequence &key, std::function<QString(const QString &)> blocked, std::function<void(const QString &)> run) {
        ActionSpec spec;
        spec.id = QLatin1String(actionId);
        spec.text = text;
        spec.icon = QLatin1String(icon);
        spec.shortcut = key;
        spec.section = tr("Commands");
        spec.panel = id();
        spec.blocked = std::move(blocked);
        spec.run = [run = std::move(run)](const QString &argument, const QString &) { run(argument); };
        return spec;
    };
    ActionSpec open = make("explain.open", tr("Explain…"), "wand", {}, [](const QString &argument) { return argument.isEmpty() ? tr("Choose a version first.") : QString(); },
                           [this](const QString &argument) {
                               if (context().open)
                                   context().open(id(), explainPrefix + argument);
                               else
                                   openAt(explainPrefix + argument);
                           });
    open.targets = [this] {
        std::vector<ActionTarget> out;
        for (const fleet::ModelRow &m : m_snapshot.models)
            if (m.latestVersion)
                out.push_back({m.name, tr("Explain %1").arg(m.name), title()});
        return out;
    };
    actions().add(open);
    // What the page in front offers: of “Ask a row” that is its answer.
    const QString why = QStringLiteral("whatif.why");
    actions().add(make("explain.run", tr("Explain what is chosen"), "wand", QKeySequence(Qt::CTRL | Qt::Key_Return), [this, why](const QString &) { return onExplainPage() && m_explain ? m_explain->askBlocked() : actions().blocked(why); },
                       [this, why](const QString &) {
                           if (onExplainPage() && m_explain)
                               m_explain->ask();
                           else
                               actions().trigger(why);
                       }));
    actions().add(make("explain.stop", tr("Stop explaining what is chosen"), "stop", {}, [this](const QString &) { return m_explain ? m_explain->stopBlocked() : tr("Nothing is being explained."); },
                       [this](const QString &) { m_explain->stop(); }));
    Export give;
    give.what = tr("the explanation");
    give.name = [this] { return m_explain->exportName(); };
    give.csv = [this] { return m_explain->csv(); };
    give.png = [this] { return m_explain->png(); };
    give.blocked = [this] { return m_explain ? m_explain->exportBlocked() : tr("Nothing is explained yet."); };
    addExport(context(), this, id(), QStringLiteral("explain.save"), give);
}

} // namespace pilothouse::ui
