// SPDX-License-Identifier: GPL-3.0-or-later
// The alerts panel's silences: for how long and why, and their end.
#include "core/operations/guard.h"
#include "widgets/base/format.h"
#include "widgets/base/run_verb.h"
#include "widgets/base/write_gate.h"
#include "widgets/fleet/alert_model.h"
#include "widgets/fleet/alerts_panel.h"
#include "widgets/fleet/silence_sheet.h"

namespace pilothouse::ui {

namespace {

const QLatin1String ownRule("alert/"); ///< before the rule's name in the id of its alert
const QLatin1String managedRule("managed/"); ///< before the connection and the alert's fingerprint

} // namespace

bool canBeSilenced(const QString &alert) { return alert.startsWith(ownRule) || (alert.startsWith(managedRule) && alert.count(QLatin1Char('/')) >= 2); }

void AlertsPanel::addSilenceActions() {
    ActionSpec silence;
    silence.id = QStringLiteral("alert.silence");
    silence.text = tr("Silence…");
    silence.section = tr("Commands");
    silence.panel = id();
    silence.shortcut = QKeySequence(Qt::Key_S);
    silence.blocked = [this](const QString &alert) {
        const Alert *found = m_model->find(alert);
        return !canBeSilenced(alert) ? tr("Choose an alert of a rule first.") : found && found->silence ? tr("It is silenced already.") : roleProblem(context(), m_snapshot.role, workspace::Role::Operator);
    };
    silence.gate = [this](const QString &alert) {
        return alert.startsWith(managedRule) ? writeGate(context(), "alert-silence", QStringLiteral("alert ") + alert, {alert.section(QLatin1Char('/'), 1, 1)}) : writeGate(context(), "alert-silence", QStringLiteral("alert ") + alert.mid(ownRule.size()));
    };
    silence.run = [this](const QString &alert, const QString &) {
        const Alert *found = m_model->find(alert);
        const QString rule = alert.startsWith(managedRule) ? alert : alert.mid(ownRule.size()), name = alert.startsWith(managedRule) && found ? found->title : rule;
        auto *sheet = new SilenceSheet(name, now(), [this, rule, name, from = now(), typed = operations::Confirmed::names()](const QDateTime &until, const QString &comment) {
            const operations::Confirmed confirmed(typed); // in the sheet that asked before this one
            QStringList words{QStringLiteral("alerts"), QStringLiteral("silence"), rule, QStringLiteral("--for"), QStringLiteral("%1s").arg(from.secsTo(until))};
            if (!comment.isEmpty())
                words << QStringLiteral("--comment=") + comment; // it may begin with a dash
            runVerb(context(), this, tr("Silence %1").arg(name), {}, words, tr("%1 is silent until %2").arg(name, moment(until, now())));
        }, window());
        sheet->open();
    };
    actions().add(silence);
    ActionSpec end;
    end.id = QStringLiteral("alert.endSilence");
    end.text = tr("End silence");
    end.section = tr("Commands");
    end.panel = id();
    end.inPalette = false;
    end.blocked = [this](const QString &silence) { return silence.contains(QLatin1Char('/')) ? roleProblem(context(), m_snapshot.role, workspace::Role::Operator) : tr("Choose an alert that is silenced first."); };
    end.gate = [this](const QString &silence) {
        const QString connection = silence.section(QLatin1Char('/'), 0, 0), number = silence.section(QLatin1Char('/'), 1);
        return writeGate(context(), "alert-silence-end", QStringLiteral("silence ") + number, connection.isEmpty() ? QStringList() : QStringList{connection});
    };
    end.run = [this](const QString &silence, const QString &) {
        const QString connection = silence.section(QLatin1Char('/'), 0, 0), number = silence.section(QLatin1Char('/'), 1);
        QStringList words{QStringLiteral("alerts"), QStringLiteral("silence"), QStringLiteral("--end"), number};
        if (!connection.isEmpty())
            words << QStringLiteral("--connection") << connection;
        runVerb(context(), this, tr("End the silence"), {}, words, tr("The silence has ended"));
    };
    actions().add(end);
}

} // namespace pilothouse::ui
