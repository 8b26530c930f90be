// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/terminal_sheet.h"

#include "core/cluster/pod_selector.h"
#include "core/rollouts/pod_shell_operation.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/theme.h"
#include "widgets/cluster/terminal_view.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QTimer>
#include <QVBoxLayout>

namespace pilothouse::ui {

TerminalSheet::TerminalSheet(Pools &pools, std::shared_ptr<fleet::Services> services, const ShellWish &wish, QWidget *window)
    : QWidget(window, Qt::Window), m_pools(pools), m_services(std::move(services)), m_wish(wish), m_view(new TerminalView(this)), m_state(new Label({}, TextRole::Second, &Tokens::t2, this)),
      m_container(new Choice(this)), m_again(new Button(tr("Open again"), ButtonKind::Plain, this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(wish.container.isEmpty() ? tr("Shell in %1 (%2)").arg(wish.pod, wish.space) : tr("Shell in %1, %2 (%3)").arg(wish.pod, wish.container, wish.space));
    resize(Theme::of(this).px(860), Theme::of(this).px(520));
    m_view->setObjectName(QStringLiteral("terminal"));
    m_state->setObjectName(QStringLiteral("terminalState"));
    m_state->setWordWrap(true);
    m_again->setObjectName(QStringLiteral("terminalAgain"));
    m_again->hide();
    m_container->setObjectName(QStringLiteral("terminalContainer"));
    m_container->setAccessibleName(tr("Container"));
    m_container->setToolTip(tr("Another container: its shell is opened in a window of its own"));
    m_container->hide();
    connect(m_container, qOverload<int>(&QComboBox::activated), this, [this](int at) {
        ShellWish other = m_wish;
        other.container = m_container->itemText(at);
        other.typed.clear(); // another shell: a guarded connection asks anew
        m_container->setCurrentIndex(std::max(0, m_container->findText(m_wish.container)));
        if (other.container != m_wish.container)
            (new TerminalSheet(m_pools, m_services, other, parentWidget()))->show();
    });
    auto *copy = new Button(tr("Copy"), ButtonKind::Plain, this), *paste = new Button(tr("Paste"), ButtonKind::Plain, this);
    copy->setToolTip(QStringLiteral("Ctrl+Shift+C"));
    paste->setToolTip(QStringLiteral("Ctrl+Shift+V"));
    for (Button *button : {copy, paste, m_again})
        button->setFocusPolicy(Qt::TabFocus); // a click leaves the keyboard to the shell
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(12, 8, 12, 8);
    foot->setSpacing(8);
    foot->addWidget(m_state, 1);
    foot->addWidget(m_container);
    foot->addWidget(copy);
    foot->addWidget(paste);
    foot->addWidget(m_again);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_view, 1);
    all->addLayout(foot);
    connect(copy, &QAbstractButton::clicked, m_view, &TerminalView::copy);
    connect(paste, &QAbstractButton::clicked, m_view, &TerminalView::paste);
    connect(m_again, &QAbstractButton::clicked, this, &TerminalSheet::open);
    connect(m_view, &TerminalView::typed, this, [this](const QByteArray &bytes) {
        if (m_shell)
            m_shell->type(bytes);
    });
    connect(m_view, &TerminalView::resized, this, [this](int columns, int rows) {
        if (m_shell)
            m_shell->resize(columns, rows);
    });
}

TerminalSheet::~TerminalSheet() {
    m_look.stop.request_stop();
    m_task.stop.request_stop();
}

QString TerminalSheet::state() const { return m_state->text(); }

void TerminalSheet::showEvent(QShowEvent *event) {
    QWidget::showEvent(event);
    if (m_shell)
        return;
    open();
    lookForContainers();
}

void TerminalSheet::lookForContainers() {
    m_look = startTask<QStringList>(m_pools.waiting, [services = m_services, wish = m_wish](std::stop_token token) -> Result<QStringList> {
        PH_ASSIGN(const auto api, services->clusters->of(wish.connection));
        PH_ASSIGN(const auto selector, cluster::PodSelector::of(*api, {cluster::kinds::Pod, wish.space, wish.pod}, token));
        PH_ASSIGN(const auto pods, selector.pods(*api, token));
        QStringList names;
        for (const QJsonObject &pod : pods) {
            for (const QJsonValue &value : pod.value(QLatin1String("spec")).toObject().value(QLatin1String("containers")).toArray())
                names << value.toObject().value(QLatin1String("name")).toString();
            names.move(std::max(0, int(names.indexOf(cluster::defaultContainer(pod)))), 0);
        }
        return names;
    });
    deliver(m_look, this, [this](const Result<QStringList> &names) {
        if (!names || names->size() < 2)
            return; // why the pod cannot be read, the shell's own answer says
        m_container->setItems(*names);
        m_container->setCurrentIndex(std::max(0, m_container->findText(m_wish.container)));
        m_container->show();
    });
}

void TerminalSheet::open() {
    if (m_task.isRunning())
        return;
    m_again->hide();
    m_view->setOver(false);
    m_view->setFocus();
    m_state->setInk(&Tokens::t2);
    m_state->setText(tr("Opening a shell in %1…").arg(m_wish.pod));
    m_bell = std::shared_ptr<ShellBell>(new ShellBell, [](ShellBell *bell) { bell->deleteLater(); }); // the last one to let go of it may be the reader
    connect(m_bell.get(), &ShellBell::rang, this, &TerminalSheet::take, Qt::QueuedConnection);
    m_shell = std::make_shared<cluster::PodShell>(cluster::ShellPlace{m_wish.space, m_wish.pod, m_wish.container}, m_view->screen().columns(), m_view->screen().rows(), [bell = m_bell] { Q_EMIT bell->rang(); });
    m_task = startTask<cluster::PodShell::End>(m_pools.waiting, [services = m_services, shell = m_shell, wish = m_wish](std::stop_token token) -> Result<cluster::PodShell::End> {
        PH_ASSIGN(const auto api, services->clusters->of(wish.connection));
        shell->findContainer(*api, token);
        auto end = std::make_shared<cluster::PodShell::End>();
        operations::Operation operation = rollouts::shellOperation(api, shell, end, token);
        operation.confirmed = wish.typed;
        const auto outcome = services->operations->run(std::move(operation));
        if (outcome.error)
            return *outcome.error;
        return *end;
    });
    m_wish.typed.clear(); // for this shell only
    deliver(m_task, this, [this](const Result<cluster::PodShell::End> &result) { ended(result); });
}

/// What came since; a flood of it in pieces, so that keys and paint come between.
void TerminalSheet::take() {
    const QByteArray bytes = m_shell->take();
    if (bytes.isEmpty())
        return;
    if (m_task.isRunning())
        m_state->setText(tr("Connected. Closing the window ends the shell."));
    m_view->write(bytes);
    QTimer::singleShot(0, this, &TerminalSheet::take);
}

void TerminalSheet::ended(const Result<cluster::PodShell::End> &result) {
    take();
    m_view->setOver(true);
    m_again->show();
    if (!result) {
        const Error &error = result.error();
        m_state->setInk(&Tokens::bad);
        m_state->setText(error.hint.isEmpty() ? error.what : error.what + QLatin1Char(' ') + error.hint);
        m_state->setToolTip(error.text());
        return;
    }
    const int code = result->exitCode.value_or(0);
    m_state->setInk(code == 0 ? &Tokens::t2 : &Tokens::warn);
    m_state->setText(tr("The shell ended with exit code %1 after %2.").arg(code).arg(duration(double(result->seconds))));
}

} // namespace pilothouse::ui
