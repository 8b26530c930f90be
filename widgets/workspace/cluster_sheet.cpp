// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/cluster_sheet.h"

#include "core/base/actor.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/sheet_size.h"
#include "widgets/base/table.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>

#include <algorithm>

namespace pilothouse::ui {

void RightsModel::setRights(fleet::ClusterRights rights) {
    beginResetModel();
    m_rights = std::move(rights);
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter;
    m_columns = {{tr("Verb"), left, 70, {}, 0}, {tr("Resource"), left, 0, {}, 0}};
    for (const QString &space : m_rights.spaces)
        m_columns.push_back({space, left, 110, {}, 0});
    endResetModel();
}

int RightsModel::rowCount(const QModelIndex &parent) const { return parent.isValid() || m_rights.verdicts.empty() ? 0 : int(m_rights.verdicts.front().size()); }

QVariant RightsModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto at = std::size_t(index.row());
    const cluster::KubeRight &right = m_rights.verdicts.front()[at].right;
    const QString resource = right.subresource.isEmpty() ? right.kind.plural : right.kind.plural + QLatin1Char('/') + right.subresource;
    if (role == Qt::TextAlignmentRole)
        return int(m_columns[std::size_t(index.column())].alignment);
    if (role == IdRole)
        return right.verb + QLatin1Char(' ') + resource + QLatin1Char(' ') + right.kind.group;
    if (index.column() < 2)
        return role != Qt::DisplayRole && role != SortRole ? QVariant() : QVariant(index.column() == 0 ? right.verb : right.kind.group.isEmpty() ? resource : QStringLiteral("%1 (%2)").arg(resource, right.kind.group));
    const cluster::KubeVerdict &verdict = m_rights.verdicts[std::size_t(index.column() - 2)][at];
    switch (role) {
    case Qt::DisplayRole:
    case SortRole: return verdict.allowed ? tr("yes") : tr("no");
    case StateRole: return int(verdict.allowed ? State::Ok : State::Skipped);
    case Qt::ToolTipRole: return verdict.allowed ? verdict.reason : verdict.refusal(m_rights.who);
    default: return {};
    }
}

ClusterCalls clusterCallsOf(fleet::Fleet &fleet, const QString &connection) {
    ClusterCalls out;
    const auto services = fleet.services();
    out.pool = &fleet.pools().waiting;
    out.program = [services, connection] { return fleet::clusterProgram(services->workspace, connection, services->root); };
    out.rights = [services, connection](const QStringList &spaces, bool again, std::stop_token token) { return fleet::clusterRights(*services->clusters, connection, spaces, again, token); };
    out.trust = [services, connection](const QString &digest) -> Result<QString> {
        PH_ASSIGN(auto operation, fleet::trustProgram(services->workspace, connection, services->root, currentActor(), digest));
        return services->operations->runWhole(operation);
    };
    return out;
}

ClusterSheet::ClusterSheet(const QString &connection, ClusterCalls calls, QWidget *window)
    : QDialog(window), m_calls(std::move(calls)), m_model(new RightsModel(this)), m_table(new Table), m_program(new Card(tr("Credential"))), m_rights(new Card(tr("Rights"))), m_facts(new KeyValues),
      m_spaces(new QLineEdit), m_told(new Label({}, TextRole::Second, &Tokens::t3)), m_trust(new Button(tr("Let it run"), ButtonKind::Primary)), m_again(new Button(tr("Ask again"))) {
    setObjectName(QStringLiteral("clusterSheet"));
    setWindowTitle(tr("Cluster %1").arg(connection));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    column->addWidget(new Label(windowTitle(), TextRole::Screen));
    m_trust->setObjectName(QStringLiteral("clusterTrust"));
    m_program->addTool(m_trust);
    m_program->bodyLayout(12)->addWidget(m_facts);
    column->addWidget(m_program);
    m_again->setObjectName(QStringLiteral("clusterAsk"));
    m_rights->addTool(m_again);
    m_table->setObjectName(QStringLiteral("clusterRights"));
    m_table->setAccessibleName(tr("What we may do, by namespace"));
    m_model->setRights({});
    m_table->setModel(m_model);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_table->setRowHeight(Table::Compact);
    m_rights->setBody(m_table);
    m_spaces->setObjectName(QStringLiteral("clusterSpaces"));
    column->addWidget(new Field(tr("Namespaces"), m_spaces, tr("Several with spaces between; empty: that of the connection")));
    column->addWidget(m_rights, 1);
    auto *foot = new QHBoxLayout;
    m_told->setObjectName(QStringLiteral("clusterTold"));
    m_told->setWordWrap(true);
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    leave->setObjectName(QStringLiteral("clusterClose"));
    foot->addWidget(m_told, 1);
    foot->addWidget(leave);
    column->addLayout(foot);
    resize(sheetSize(window, 680, 580));
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_trust, &QAbstractButton::clicked, this, &ClusterSheet::trust);
    connect(m_again, &QAbstractButton::clicked, this, [this] { readRights(true); });
    connect(m_spaces, &QLineEdit::returnPressed, this, [this] { readRights(false); });
    readProgram();
}

ClusterSheet::~ClusterSheet() {
    m_reading.stop.request_stop();
    m_asking.stop.request_stop();
}

void ClusterSheet::readProgram() {
    m_trust->hide();
    m_program->showState(ScreenState::loading());
    m_reading = startTask<std::optional<fleet::ClusterProgram>>(*m_calls.pool, [program = m_calls.program](std::stop_token) { return program(); });
    deliver(m_reading, this, [this](const Result<std::optional<fleet::ClusterProgram>> &found) {
        if (!found)
            return m_program->showState(ScreenState::failed(found.error(), tr("Try again"), [this] { readProgram(); }));
        m_program->showState(ScreenState::full());
        m_mayRun = !*found || (*found)->trusted;
        m_seen = *found ? (*found)->digest : QString();
        if (!*found) {
            m_facts->setRows({{tr("Program"), tr("none: the credential stands in the kubeconfig or in the keychain")}});
        } else {
            const fleet::ClusterProgram &p = **found;
            m_facts->setRows({{tr("Program"), p.command, true}, {tr("Arguments"), p.arguments, true}, {tr("Sets"), p.environment.join(QStringLiteral(", ")), true}, {tr("Asked by"), p.kubeconfig, true},
                              {tr("Context"), p.context}, {tr("Terminal"), p.interactive == QLatin1String("Always") ? tr("it needs one: it runs from pilot only") : QString()},
                              {tr("May run"), p.trusted ? tr("yes") : tr("not yet: the file comes from elsewhere"), false, p.trusted ? &Tokens::t1 : &Tokens::warn}});
        }
        m_trust->setVisible(!m_mayRun);
        readRights(false);
    });
}

void ClusterSheet::readRights(bool again) {
    if (!m_mayRun) // the server cannot be asked without the credential
        return m_rights->showState(ScreenState::empty(tr("The program has not been let run"), tr("Read what it is, and let it run; then the cluster is asked who we are.")));
    m_asking.stop.request_stop();
    m_rights->showState(ScreenState::loading());
    const QStringList spaces = m_spaces->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    m_asking = startTask<fleet::ClusterRights>(*m_calls.pool, [rights = m_calls.rights, spaces, again](std::stop_token token) { return rights(spaces, again, token); });
    deliver(m_asking, this, [this, spaces](const Result<fleet::ClusterRights> &rights) {
        if (spaces != m_spaces->text().split(QLatin1Char(' '), Qt::SkipEmptyParts) || (!rights && rights.error().kind == ErrorKind::Cancelled))
            return; // another is on its way
        if (!rights)
            return m_rights->showState(ScreenState::failed(rights.error(), tr("Ask again"), [this] { readRights(true); }));
        m_rights->setSubtitle(rights->who);
        m_model->setRights(*rights);
        m_rights->showState(ScreenState::full());
    });
}

void ClusterSheet::trust() {
    if (m_trusting.isRunning())
        return;
    m_trust->setBlocked(tr("It is being noted."));
    m_trusting = startTask<QString>(*m_calls.pool, [trust = m_calls.trust, seen = m_seen](std::stop_token) { return trust(seen); });
    deliver(m_trusting, this, [this](const Result<QString> &done) {
        m_trust->setBlocked({});
        m_told->setText(done ? tr("The program may run now; it is in the journal. Another command is asked for anew.") : done.error().text());
        if (done)
            readProgram();
    });
}

void ClusterSheet::keyPressEvent(QKeyEvent *event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        return event->accept(); // it belongs to the field; a program is not let run by the way
    QDialog::keyPressEvent(event);
}

} // namespace pilothouse::ui
