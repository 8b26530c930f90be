// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/forwards_sheet.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/panel_state.h"
#include "widgets/base/table.h"
#include "widgets/base/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QIntValidator>
#include <QUrl>
#include <QVBoxLayout>

namespace pilothouse::ui {

ForwardsSheet::ForwardsSheet(ForwardList &list, Pools &pools, std::shared_ptr<fleet::Services> services, QWidget *window)
    : QWidget(window, Qt::Window), m_list(list), m_pools(pools), m_services(std::move(services)), m_model(new ForwardModel(this)), m_connection(new Choice(this)), m_space(new QLineEdit(this)),
      m_target(new QLineEdit(this)), m_port(new QLineEdit(this)), m_local(new QLineEdit(this)), m_portField(new Field(tr("Port"), m_port, {}, this)), m_start(new Button(tr("Forward"), ButtonKind::Primary, this)),
      m_stop(new Button(tr("Stop"), ButtonKind::Plain, this)), m_copy(new Button(tr("Copy address"), ButtonKind::Plain, this)), m_browse(new Button(tr("Open in the browser"), ButtonKind::Plain, this)),
      m_table(new Table(this)), m_state(new PanelState(this)), m_said(new Label({}, TextRole::Second, &Tokens::t2, this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("forwardsSheet"));
    setWindowTitle(tr("Port-forwards"));
    resize(Theme::of(this).px(900), Theme::of(this).px(420));
    m_table->setObjectName(QStringLiteral("forwardTable"));
    m_table->setAccessibleName(tr("Open port-forwards"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_said->setObjectName(QStringLiteral("forwardSaid"));
    m_said->setWordWrap(true);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(12, 12, 12, 12);
    all->addWidget(buildForm());
    all->addWidget(m_said);
    m_state->setContent(m_table);
    all->addWidget(m_state, 1);
    all->addWidget(buildFoot());
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &ForwardsSheet::refresh);
    connect(m_table, &Table::chosen, this, &ForwardsSheet::showButtons);
    connect(&m_list, &ForwardList::changed, this, &ForwardsSheet::refresh);
    connect(&m_list, &ForwardList::started, this, [this](const QString &id) {
        refresh();
        m_table->choose(id);
        m_said->setInk(&Tokens::t2);
        m_said->setText(tr("%1 leads there until it is stopped, or this program ends.").arg(address()));
    });
    connect(&m_list, &ForwardList::failed, this, [this](const Error &error) {
        m_said->setInk(&Tokens::bad);
        m_said->setText(error.hint.isEmpty() ? error.what : error.what + QLatin1Char(' ') + error.hint);
        showButtons();
    });
    connect(&m_list, &QObject::destroyed, this, &QWidget::deleteLater);
    showButtons();
}

ForwardsSheet::~ForwardsSheet() { m_ports.stop.request_stop(); }

QWidget *ForwardsSheet::buildForm() {
    auto *form = new QWidget(this);
    auto *line = new QHBoxLayout(form);
    line->setContentsMargins(0, 0, 0, 0);
    m_connection->setObjectName(QStringLiteral("forwardConnection"));
    if (m_services && m_services->clusters)
        m_connection->setItems(m_services->clusters->names());
    m_space->setObjectName(QStringLiteral("forwardSpace"));
    m_space->setPlaceholderText(tr("of the connection"));
    m_target->setObjectName(QStringLiteral("forwardTarget"));
    m_target->setPlaceholderText(QStringLiteral("service/api"));
    m_port->setObjectName(QStringLiteral("forwardPort"));
    m_local->setObjectName(QStringLiteral("forwardLocal"));
    m_local->setPlaceholderText(tr("any that is free"));
    m_local->setValidator(new QIntValidator(1, 65535, m_local));
    m_start->setObjectName(QStringLiteral("forwardStart"));
    line->addWidget(new Field(tr("Connection"), m_connection, {}, form), 1, Qt::AlignTop);
    line->addWidget(new Field(tr("Namespace"), m_space, {}, form), 1, Qt::AlignTop);
    line->addWidget(new Field(tr("Service, workload or pod"), m_target, {}, form), 2, Qt::AlignTop);
    line->addWidget(m_portField, 1, Qt::AlignTop);
    line->addWidget(new Field(tr("Port here"), m_local, {}, form), 1, Qt::AlignTop);
    auto *verb = new QVBoxLayout; // as high as the editors beside it
    verb->setSpacing(4);
    verb->addWidget(new Label(QStringLiteral("\u00a0"), TextRole::Label));
    verb->addWidget(m_start);
    verb->addStretch(1);
    line->addLayout(verb);
    connect(m_start, &QAbstractButton::clicked, this, &ForwardsSheet::start);
    for (QLineEdit *edit : {m_space, m_target, m_port, m_local}) {
        connect(edit, &QLineEdit::returnPressed, this, &ForwardsSheet::start);
        connect(edit, &QLineEdit::textChanged, this, &ForwardsSheet::showButtons);
    }
    return form;
}

QWidget *ForwardsSheet::buildFoot() {
    auto *foot = new QWidget(this);
    auto *line = new QHBoxLayout(foot);
    line->setContentsMargins(0, 0, 0, 0);
    m_stop->setObjectName(QStringLiteral("forwardStop"));
    m_copy->setObjectName(QStringLiteral("forwardCopy"));
    m_browse->setObjectName(QStringLiteral("forwardBrowse"));
    line->addStretch(1);
    for (Button *button : {m_copy, m_browse, m_stop})
        line->addWidget(button);
    connect(m_stop, &QAbstractButton::clicked, this, [this] { m_list.stop(m_table->currentId()); });
    connect(m_copy, &QAbstractButton::clicked, this, [this] { QApplication::clipboard()->setText(address()); });
    connect(m_browse, &QAbstractButton::clicked, this, [this] { QDesktopServices::openUrl(QUrl(address())); });
    return foot;
}

void ForwardsSheet::offer(const ForwardWish &wish) {
    if (const int at = m_connection->findText(wish.connection); at >= 0)
        m_connection->setCurrentIndex(at);
    m_space->setText(wish.space);
    m_target->setText(wish.target);
    m_port->setText(wish.port);
    m_portField->setHelp({});
    m_port->setFocus();
    const int asked = ++m_asked;
    m_ports.stop.request_stop();
    m_ports = startTask<std::vector<cluster::NamedPort>>(m_pools.waiting, [services = m_services, wish](std::stop_token token) -> Result<std::vector<cluster::NamedPort>> {
        PH_ASSIGN(const auto api, services->clusters->of(wish.connection));
        PH_ASSIGN(const auto what, cluster::parseKubeRef(wish.target, wish.space.isEmpty() ? api->space() : wish.space));
        return cluster::portsOf(*api, what, token);
    });
    deliver(m_ports, this, [this, asked](const Result<std::vector<cluster::NamedPort>> &ports) {
        if (asked != m_asked || (!ports && ports.error().kind == ErrorKind::Cancelled))
            return;
        if (!ports) {
            m_portField->setHelp(ports.error().what);
            return;
        }
        QStringList all;
        for (const cluster::NamedPort &port : *ports)
            all << (port.name.isEmpty() ? QString::number(port.number) : QStringLiteral("%1 (%2)").arg(port.number).arg(port.name));
        m_portField->setHelp(all.isEmpty() ? tr("It names none.") : tr("It has: %1.").arg(all.join(QStringLiteral(", "))));
        if (m_port->text().isEmpty() && !ports->empty())
            m_port->setText(QString::number(ports->front().number));
    });
}

void ForwardsSheet::start() {
    if (m_target->text().trimmed().isEmpty() || m_port->text().trimmed().isEmpty() || m_list.isStarting())
        return;
    m_said->setInk(&Tokens::t2);
    m_said->setText(tr("Looking for a ready pod…"));
    m_list.start(m_services, {m_connection->currentText(), m_space->text().trimmed(), m_target->text().trimmed(), m_port->text().trimmed(), m_local->text().toInt()});
    showButtons();
}

void ForwardsSheet::refresh() {
    m_model->setRows(m_list.rows());
    m_state->show(m_model->rowCount() ? ScreenState::full() : ScreenState::empty(tr("No port-forward is open"), tr("Name a service, a workload or a pod above; its address on this machine stands here.")));
    showButtons();
}

void ForwardsSheet::showButtons() {
    const ForwardRow *row = m_model->find(m_table->currentId());
    const QString none = row ? QString() : tr("Choose one first.");
    m_copy->setBlocked(none);
    m_browse->setBlocked(none);
    m_stop->setBlocked(row && !row->ours ? tr("An endpoint of a model holds it open.") : none);
    m_start->setBlocked(m_list.isStarting() ? tr("One is being opened.") : m_target->text().trimmed().isEmpty() || m_port->text().trimmed().isEmpty() ? tr("Name what it leads to, and its port.") : QString());
}

QString ForwardsSheet::address() const {
    const ForwardRow *row = m_model->find(m_table->currentId());
    return row ? QStringLiteral("http://") + row->local : QString();
}

void ForwardsSheet::showEvent(QShowEvent *event) {
    QWidget::showEvent(event);
    refresh();
    m_tick.start();
}

void ForwardsSheet::hideEvent(QHideEvent *event) {
    QWidget::hideEvent(event);
    m_tick.stop();
}

} // namespace pilothouse::ui
