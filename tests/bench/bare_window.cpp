// SPDX-License-Identifier: GPL-3.0-or-later
// bare_window: the least a Qt program with a menu, a tree and a table does before its first painted frame. It says so as the console
// does, by the log category pilothouse.start, and waits to be ended: tests/bench/run compares the two.
#include <QApplication>
#include <QLoggingCategory>
#include <QMainWindow>
#include <QMenuBar>
#include <QSplitter>
#include <QTableWidget>
#include <QTreeWidget>

#include <ctime>

Q_LOGGING_CATEGORY(startLog, "pilothouse.start", QtWarningMsg)

namespace {

class Window : public QMainWindow {
protected:
    bool event(QEvent *event) override {
        const bool done = QMainWindow::event(event);
        if (!m_painted && event->type() == QEvent::UpdateRequest) {
            m_painted = true;
            qCInfo(startLog, "first paint after %ld ms of CPU", long(std::clock() * 1000 / CLOCKS_PER_SEC));
        }
        return done;
    }

private:
    bool m_painted = false;
};

} // namespace

int main(int argc, char **argv) {
    QApplication app(argc, argv);
    Window window;
    auto *split = new QSplitter;
    auto *tree = new QTreeWidget;
    for (int i = 0; i < 20; ++i)
        new QTreeWidgetItem(tree, {QStringLiteral("model %1").arg(i)});
    auto *table = new QTableWidget(50, 6);
    for (int row = 0; row < 50; ++row)
        for (int column = 0; column < 6; ++column)
            table->setItem(row, column, new QTableWidgetItem(QString::number(row * column)));
    split->addWidget(tree);
    split->addWidget(table);
    window.menuBar()->addMenu(QStringLiteral("File"))->addAction(QStringLiteral("Open"));
    window.setCentralWidget(split);
    window.resize(1440, 900); // the console's first size
    window.show();
    return app.exec();
}
