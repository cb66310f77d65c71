const fs = require('fs');
const http = require('http');

http.createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end(fs.readFileSync(`${__dirname}/dist/index.html`));
}).listen(8080);
