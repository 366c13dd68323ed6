<?php
// An application of PHP with its own sessions, and the settings that it is delivered with.
session_start();
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
echo "<p>{$_SESSION['visits']}";
