<?php
// An application that asks cloakroom whether each request may pass. PHP 8, nothing but what it has.

$sign_in = getenv('CLOAKROOM_URL'); // where the gateway is, such as http://login.localhost:7464
$key = getenv('CLOAKROOM_KEY');     // of `cloakroom api-key create NAME --scope verify`
$origin = getenv('ORIGIN');         // of this application, as its browsers and the gateway's configuration know it
const SENT = ['accept', 'access_control_request_method', 'origin', 'referer', 'sec_fetch_mode', 'sec_fetch_site', 'upgrade'];

/** What is to become of a request; whatever goes wrong, it does not pass. */
function verify(string $sign_in, string $key, string $origin): array
{
    $headers = [];
    foreach (SENT as $name) {
        $value = $_SERVER['HTTP_' . strtoupper($name)] ?? null;
        if ($value !== null) {
            $headers[$name] = $value;
        }
    }
    $question = ['method' => $_SERVER['REQUEST_METHOD'], 'url' => $origin . $_SERVER['REQUEST_URI'],
        'address' => $_SERVER['REMOTE_ADDR'], 'cookie' => $_SERVER['HTTP_COOKIE'] ?? '', 'headers' => (object) $headers];
    $asking = stream_context_create(['http' => ['method' => 'POST', 'timeout' => 5, 'ignore_errors' => true,
        'header' => ["Authorization: Bearer $key", 'Content-Type: application/json'], 'content' => json_encode($question)]]);
    $answer = @file_get_contents("$sign_in/_cloakroom/api/v1/verify", false, $asking);
    $is_answer = $answer !== false && str_contains($http_response_header[0] ?? '', ' 200');
    return ($is_answer ? json_decode($answer, true) : null) ?? ['decision' => 'unavailable'];
}

$verdict = verify($sign_in, $key, $origin);
header('Cache-Control: no-store');
if ($verdict['decision'] === 'pass') {
    echo 'hello ', $verdict['visitor']['user']['name'] ?? 'stranger', "\n";
} elseif (isset($verdict['login_url'])) {
    $is_page = ($_SERVER['HTTP_SEC_FETCH_MODE'] ?? 'navigate') === 'navigate';
    header("Location: {$verdict['login_url']}", true, $is_page ? 303 : 401);
    echo "sign in\n";
} else {
    http_response_code($verdict['decision'] === 'unavailable' ? 503 : 403);
    echo $verdict['decision'], "\n";
}
